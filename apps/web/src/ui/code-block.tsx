import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/** Code with its language and a button that copies the raw text; `children` may show the same text in colours. */
export function CodeBlock({
  code,
  language,
  children,
}: {
  code: string;
  language?: string;
  children?: ReactNode;
}) {
  return (
    <div className="code-block overflow-hidden rounded-panel border bg-sunken">
      <div className="flex h-9 items-center justify-between border-b ps-3 pe-1 text-xs text-ink-faint">
        <span className="font-mono">{language || 'text'}</span>
        <CopyButton text={code} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: wide code must be scrollable by keyboard.
        tabIndex={0}
        className="overflow-x-auto p-3 font-mono text-sm leading-relaxed focus-visible:-outline-offset-2"
      >
        <code>{children ?? code}</code>
      </pre>
    </div>
  );
}
