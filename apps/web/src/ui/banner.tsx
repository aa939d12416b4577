import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../lib/cx.ts';

const looks = {
  info: { className: 'bg-info-soft', icon: <Info className="text-info-ink" /> },
  warning: { className: 'bg-warning-soft', icon: <TriangleAlert className="text-warning-ink" /> },
  danger: { className: 'bg-danger-soft', icon: <CircleAlert className="text-danger-ink" /> },
} as const;

/** A note that belongs to the part of the page it stands in, with an optional action. */
export function Banner({
  tone,
  children,
  action,
  className,
}: {
  tone: keyof typeof looks;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'note'}
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-panel px-3 py-2.5 text-base [&>svg]:size-4.5 [&>svg]:shrink-0',
        looks[tone].className,
        className,
      )}
    >
      {looks[tone].icon}
      <div className="min-w-0 flex-1 basis-48 break-words">{children}</div>
      {action}
    </div>
  );
}
