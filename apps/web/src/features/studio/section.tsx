import type { ReactNode } from 'react';

/** One block of the configuration. */
export function Section({
  title,
  help,
  action,
  children,
}: {
  title: string;
  help?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="grid gap-2.5">
      <div className="flex min-h-7 items-center justify-between gap-2">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">{title}</h2>
          {help ? <p className="text-sm text-ink-faint">{help}</p> : null}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
