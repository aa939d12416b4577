import { cx } from '../lib/cx.ts';

/** A person's picture, or the first letter of the name. The name stands beside it, so it is hidden from readers. */
export function Avatar({ name, url, className }: { name: string; url?: string | null; className?: string }) {
  const box = cx('size-7 shrink-0 rounded-full', className);
  if (url) return <img src={url} alt="" className={cx(box, 'object-cover')} />;
  return (
    <span
      aria-hidden="true"
      className={cx(
        box,
        'inline-flex items-center justify-center bg-accent-soft text-sm font-semibold text-accent-ink',
      )}
    >
      {[...name.trim()][0]?.toUpperCase() ?? '?'}
    </span>
  );
}

/** An app's icon: an uploaded picture or an emoji on its background. */
export function AppIcon({
  icon,
  className,
}: {
  icon: {
    readonly icon_type?: string | null;
    readonly icon?: string | null;
    readonly icon_background?: string | null;
    readonly icon_url?: string | null;
  };
  className?: string;
}) {
  const box = cx('inline-flex size-9 shrink-0 items-center justify-center rounded-control', className);
  if (icon.icon_type !== 'emoji' && icon.icon_url) {
    return <img src={icon.icon_url} alt="" className={cx(box, 'object-cover')} />;
  }
  return (
    <span
      aria-hidden="true"
      className={cx(box, 'text-lg leading-none')}
      style={{ background: icon.icon_background || 'var(--accent-soft)' }}
    >
      {icon.icon || '🤖'}
    </span>
  );
}
