import type { ReactNode } from 'react';
import { useDocumentTitle } from '../lib/hooks.ts';

/** Title, state and the one primary action of a page; sets the browser tab's title too. */
export function PageHeader({
  title,
  tabTitle,
  status,
  description,
  action,
}: {
  title: ReactNode;
  tabTitle?: string;
  status?: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
}) {
  useDocumentTitle(`${tabTitle ?? (typeof title === 'string' ? title : '')} · Trellis`);
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          {status}
        </div>
        {description ? <p className="mt-1 max-w-160 text-base text-ink-soft">{description}</p> : null}
      </div>
      {action ? <div className="flex flex-wrap items-center gap-2">{action}</div> : null}
    </header>
  );
}
