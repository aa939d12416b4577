import { type CSSProperties, useEffect, useState } from 'react';
import { CodeBlock } from '../../ui/code-block.tsx';
import type { CodeToken } from './highlight.ts';

/** Quiet time before code that is still arriving is coloured again, in milliseconds. */
const settleMs = 120;

function Line({ tokens }: { tokens: readonly CodeToken[] }) {
  let at = 0;
  return tokens.map((token) => {
    const key = at;
    at += token.text.length;
    return (
      <span
        key={key}
        className="code-token"
        style={{ '--token-light': token.light, '--token-dark': token.dark } as CSSProperties}
      >
        {token.text}
      </span>
    );
  });
}

/** A code block whose text is coloured once the colours have been loaded; until then, and where not, it is plain. */
export function HighlightedCode({ code, language }: { code: string; language?: string }) {
  const [coloured, setColoured] = useState<{ code: string; lines: CodeToken[][] }>();
  useEffect(() => {
    if (!language) return;
    let current = true;
    const timer = setTimeout(async () => {
      const { highlight } = await import('./highlight.ts');
      // Colours are an extra: code that cannot be coloured is shown as it is.
      const lines = await highlight(code, language).catch(() => undefined);
      if (current && lines) setColoured({ code, lines });
    }, settleMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [code, language]);
  const lines = coloured?.code === code ? coloured.lines : undefined;
  return (
    <CodeBlock code={code} {...(language ? { language } : {})}>
      {lines?.map((tokens, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is its identity.
        <span key={index}>
          <Line tokens={tokens} />
          {index < lines.length - 1 ? '\n' : ''}
        </span>
      ))}
    </CodeBlock>
  );
}
