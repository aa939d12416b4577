import { useQuery } from '@tanstack/react-query';
import { profileQuery } from '../api/session.ts';
import { useLanguage } from '../i18n/language.ts';
import { formatDateTime, formatRelative } from '../lib/format.ts';
import { useNow } from '../lib/hooks.ts';
import { Tooltip } from './tooltip.tsx';

/** A time in Unix seconds, relative, with the absolute one in the account's zone on hover and focus. */
export function RelativeTime({ at }: { at: number }) {
  const language = useLanguage();
  const now = useNow();
  const { data: profile } = useQuery({ ...profileQuery, enabled: false });
  const absolute = formatDateTime(at, language, profile?.timezone ?? undefined);
  return (
    <Tooltip label={absolute}>
      <time dateTime={new Date(at * 1000).toISOString()} className="whitespace-nowrap">
        {formatRelative(at, language, now)}
      </time>
    </Tooltip>
  );
}
