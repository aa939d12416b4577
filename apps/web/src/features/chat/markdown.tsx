import { lazy, Suspense } from 'react';

const MarkdownRenderer = lazy(() =>
  import('./markdown-renderer.tsx').then((module) => ({ default: module.MarkdownRenderer })),
);

/** Text with Markdown, safe for what models write; plain until the renderer has been loaded. */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  return (
    <div className="prose">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <MarkdownRenderer text={text} streaming={streaming} />
      </Suspense>
    </div>
  );
}
