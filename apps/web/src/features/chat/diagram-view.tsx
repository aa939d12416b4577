import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMediaQuery } from '../../lib/hooks.ts';
import { useTheme } from '../../lib/theme.ts';
import { Segmented } from '../../ui/tabs.tsx';
import type { DrawnDiagram } from './diagram.ts';
import { HighlightedCode } from './highlighted-code.tsx';

/** Quiet time before a description that is still arriving is drawn, in milliseconds. */
const settleMs = 300;

/** A Mermaid diagram, drawn once its description is whole; its text until then, and where it is no diagram. */
export function DiagramView({ source }: { source: string }) {
  const { t } = useTranslation();
  const choice = useTheme((state) => state.choice);
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)');
  const theme = choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice;
  const [drawn, setDrawn] = useState<DrawnDiagram & { source: string }>();
  const [shown, setShown] = useState<'diagram' | 'text'>('diagram');
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      const { drawDiagram } = await import('./diagram.ts');
      // Half a description, or none at all, stays the text that it is.
      const result = await drawDiagram(source, theme).catch(() => undefined);
      if (current) setDrawn(result && { ...result, source });
    }, settleMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [source, theme]);
  if (drawn?.source !== source) return <HighlightedCode code={source} language="mermaid" />;
  return (
    <div className="grid gap-2">
      <div className="justify-self-start">
        <Segmented
          label={t('chat.diagramView')}
          value={shown}
          onValueChange={setShown}
          options={[
            { value: 'diagram', label: t('chat.diagram') },
            { value: 'text', label: t('chat.diagramText') },
          ]}
        />
      </div>
      {shown === 'diagram' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide diagram must be scrollable by keyboard.
        <div className="overflow-x-auto rounded-panel border bg-surface p-3" tabIndex={0}>
          <img
            src={drawn.address}
            alt={t('chat.diagram')}
            {...(drawn.width ? { width: drawn.width } : {})}
            className="mx-auto !rounded-none"
            onError={() => setDrawn(undefined)}
          />
        </div>
      ) : (
        <HighlightedCode code={source} language="mermaid" />
      )}
    </div>
  );
}
