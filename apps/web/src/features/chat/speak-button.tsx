import { Square, Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useErrorText } from '../../lib/error-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { speech } from './speech.ts';

/** Reads one answer aloud, and stops. */
export function SpeakButton({
  speechKey,
  load,
}: {
  /** Names the answer among all on the page. */
  speechKey: string;
  load: (signal: AbortSignal) => Promise<Blob>;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const phase = useStore(speech, (state) => (state.key === speechKey ? state.phase : undefined));
  return (
    <IconButton
      size="sm"
      label={phase === 'playing' ? t('chat.stopSpeaking') : t('chat.speak')}
      aria-pressed={phase === 'playing'}
      loading={phase === 'loading'}
      icon={phase === 'playing' ? <Square className="fill-current" /> : <Volume2 />}
      onClick={() =>
        void speech
          .getState()
          .toggle(speechKey, load)
          .catch((error: unknown) => toast.error(describe(error)))
      }
    />
  );
}
