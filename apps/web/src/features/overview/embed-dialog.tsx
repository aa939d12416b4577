import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Segmented } from '../../ui/tabs.tsx';
import { type EmbedKind, embedSnippet } from './embed-snippets.ts';

/** What to paste into another site, so that the app stands in it. */
export function EmbedDialog({
  origin,
  code,
  mode,
  onClose,
}: {
  /** Where visitors reach the web app. */
  origin: string;
  code: string;
  mode: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const talks = mode !== 'completion' && mode !== 'workflow';
  const [kind, setKind] = useState<EmbedKind>(talks ? 'bubble' : 'frame');
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('monitor.embed')}
      description={t('monitor.embedIntro')}
    >
      <div className="grid gap-4">
        {talks ? (
          <div className="justify-self-start">
            <Segmented
              label={t('monitor.embedKind')}
              value={kind}
              onValueChange={setKind}
              options={[
                { value: 'bubble', label: t('monitor.embedBubble') },
                { value: 'frame', label: t('monitor.embedFrame') },
              ]}
            />
          </div>
        ) : null}
        <p className="text-base text-ink-soft">
          {kind === 'bubble' ? t('monitor.embedBubbleHelp') : t('monitor.embedFrameHelp')}
        </p>
        <CodeBlock code={embedSnippet(kind, { origin, code, mode })} language="html" />
        {kind === 'bubble' ? <p className="text-sm text-ink-faint">{t('monitor.embedMore')}</p> : null}
      </div>
    </Dialog>
  );
}
