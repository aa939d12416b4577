import type { LocalizedText } from '../../i18n/language.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { cx } from '../../lib/cx.ts';

/** A provider's icon, or its first letter where it has none. */
export function ProviderIcon({
  provider,
  className,
}: {
  provider: { readonly label: LocalizedText; readonly icon_small: LocalizedText | null };
  className?: string;
}) {
  const language = useLanguage();
  const url = localize(provider.icon_small, language);
  const box = cx('size-8 shrink-0 rounded-control', className);
  if (url) return <img src={url} alt="" className={cx(box, 'object-contain')} />;
  return (
    <span
      aria-hidden="true"
      className={cx(
        box,
        'inline-flex items-center justify-center border bg-sunken text-sm font-semibold text-ink-soft',
      )}
    >
      {localize(provider.label, language).slice(0, 1)}
    </span>
  );
}
