import { Check, Mic, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../lib/error-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { toast } from '../../ui/toast.tsx';
import { type Recording, startRecording } from './recording.ts';

/** Writes down what a recording says. */
export type Transcribe = (recording: File) => Promise<string>;

/** A recording ends by itself after this time, in seconds. */
const longestSeconds = 300;

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Speaking instead of typing: the words come back as text, to be read and changed before they are sent. */
export function VoiceInput({
  transcribe,
  onText,
  disabled,
}: {
  transcribe: Transcribe;
  onText: (text: string) => void;
  disabled?: boolean;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const [phase, setPhase] = useState<'idle' | 'asking' | 'recording' | 'writing'>('idle');
  const [seconds, setSeconds] = useState(0);
  const recording = useRef<Recording>(undefined);
  useEffect(() => () => recording.current?.cancel(), []);

  const begin = async () => {
    setPhase('asking');
    try {
      recording.current = await startRecording();
      setSeconds(0);
      setPhase('recording');
    } catch (error) {
      setPhase('idle');
      const refused = error instanceof DOMException && error.name === 'NotAllowedError';
      toast.error(refused ? t('chat.microphoneRefused') : t('chat.microphoneMissing'));
    }
  };
  const cancel = () => {
    recording.current?.cancel();
    setPhase('idle');
  };
  const finish = async () => {
    const running = recording.current;
    if (!running) return;
    setPhase('writing');
    try {
      const text = (await transcribe(await running.finish())).trim();
      if (text) onText(text);
      else toast.error(t('chat.nothingHeard'));
    } catch (error) {
      toast.error(describe(error));
    } finally {
      setPhase('idle');
    }
  };
  const end = useRef(finish);
  useEffect(() => {
    end.current = finish;
  });
  useEffect(() => {
    if (phase !== 'recording') return;
    const timer = setInterval(() => setSeconds((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [phase]);
  useEffect(() => {
    if (seconds >= longestSeconds) void end.current();
  }, [seconds]);

  if (phase === 'recording') {
    return (
      <div className="flex items-center gap-1">
        <IconButton label={t('common.cancel')} icon={<X />} onClick={cancel} />
        <span
          role="timer"
          aria-label={t('chat.recording')}
          className="tabular flex items-center gap-1.5 text-sm"
        >
          <span aria-hidden="true" className="size-2 animate-pulse-soft rounded-full bg-danger" />
          {clock(seconds)}
        </span>
        <IconButton label={t('chat.recordingDone')} icon={<Check />} onClick={() => void finish()} />
      </div>
    );
  }
  if (phase === 'writing') {
    return (
      <span role="status" className="flex h-8.5 items-center gap-2 px-2 text-sm text-ink-faint">
        <Spinner />
        {t('chat.transcribing')}
      </span>
    );
  }
  return (
    <IconButton
      label={t('chat.speakInput')}
      icon={<Mic />}
      loading={phase === 'asking'}
      disabled={disabled}
      onClick={() => void begin()}
    />
  );
}
