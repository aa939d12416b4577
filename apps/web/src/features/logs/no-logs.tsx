import { ExternalLink, ScrollText, SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

interface NoLogsProps {
  /** Takes the filters off; absent where there are none and nothing was logged yet. */
  readonly onClear: (() => void) | undefined;
  /** What is said when the filters leave nothing. */
  readonly nothingMatches: string;
  /** How logs appear. */
  readonly body: string;
  /** Address of the public page; absent where it is closed. */
  readonly siteUrl: string | undefined;
}

/** A list of logs without rows: nothing matches, or nothing has been logged. */
export function NoLogs({ onClear, nothingMatches, body, siteUrl }: NoLogsProps) {
  const { t } = useTranslation();
  if (onClear) {
    return (
      <EmptyState
        icon={<SearchX />}
        title={nothingMatches}
        action={<Button onClick={onClear}>{t('apps.clearFilters')}</Button>}
      />
    );
  }
  return (
    <EmptyState
      icon={<ScrollText />}
      title={t('logs.empty')}
      action={
        siteUrl ? (
          <a href={siteUrl} target="_blank" rel="noreferrer" className={buttonClass('primary')}>
            <ExternalLink className="size-4" aria-hidden="true" />
            {t('apps.openSite')}
          </a>
        ) : null
      }
    >
      {body}
    </EmptyState>
  );
}
