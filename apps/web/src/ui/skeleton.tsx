import { useTranslation } from 'react-i18next';
import { cx } from '../lib/cx.ts';
import { range } from '../lib/range.ts';

/** A grey shape in the place of content under way; give it the size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cx('animate-pulse-soft rounded-control bg-hover', className)} />;
}

/** Lines of text under way, announced once. */
export function SkeletonLines({ lines = 3, className }: { lines?: number; className?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={cx('grid gap-2.5', className)}>
      <span className="sr-only">{t('common.loading')}</span>
      {range(lines).map((line) => (
        <Skeleton key={line} className={cx('h-4', line === String(lines) ? 'w-3/5' : 'w-full')} />
      ))}
    </div>
  );
}
