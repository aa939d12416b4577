import type { ReactNode } from 'react';

/** What stands where nothing is yet: one sentence and the first action. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  heading: Heading = 'h2',
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `h1` where this is the whole page. */
  heading?: 'h1' | 'h2';
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      {icon ? (
        <div className="mb-4 flex size-11 items-center justify-center rounded-panel border bg-surface text-ink-faint [&_svg]:size-5">
          {icon}
        </div>
      ) : null}
      <Heading className="text-md font-semibold">{title}</Heading>
      {children ? <div className="mt-1.5 max-w-110 text-base text-ink-soft">{children}</div> : null}
      {action ? <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
