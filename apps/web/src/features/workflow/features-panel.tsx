import { Check, CloudAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileUploadConfig, ModerationConfig, Toggle } from '../../api/model-config.ts';
import { workflowsApi } from '../../api/workflows.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { useLatest } from '../../lib/hooks.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { SwitchRow } from '../../ui/switch.tsx';
import { ModerationRow, OpenerEditor, useHasModel } from '../studio/features-section.tsx';
import { FileUploadEditor } from './file-upload-editor.tsx';
import { useWorkflow } from './workflow-context.ts';

type Features = Readonly<Record<string, unknown>>;
type Saving = { readonly state: 'saved' | 'saving' | 'failed'; readonly error?: unknown };

const delayMs = 700;

/** The features of the draft: changed at once, kept shortly after, kept at last when the panel is left. */
function useFeatures(): {
  features: Features;
  change: (patch: Features) => void;
  saving: Saving;
  saveNow: () => void;
} {
  const { app, draft, refresh } = useWorkflow();
  const [features, setFeatures] = useState<Features>(draft.features);
  const [saving, setSaving] = useState<Saving>({ state: 'saved' });
  const waiting = useRef<Features>(undefined);
  const running = useRef(false);
  const save = async () => {
    if (running.current) return;
    running.current = true;
    try {
      // What changed while a save was under way is kept in the next round.
      while (waiting.current) {
        const next = waiting.current;
        await workflowsApi.saveFeatures(app.id, next);
        if (waiting.current === next) waiting.current = undefined;
      }
      setSaving({ state: 'saved' });
      refresh();
    } catch (error) {
      setSaving({ state: 'failed', error });
    } finally {
      running.current = false;
    }
  };
  const latestSave = useLatest(save);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change begins the wait anew.
  useEffect(() => {
    if (!waiting.current) return;
    const timer = setTimeout(() => void latestSave.current(), delayMs);
    return () => clearTimeout(timer);
  }, [features, latestSave]);
  useEffect(
    () => () => {
      if (waiting.current) void latestSave.current();
    },
    [latestSave],
  );
  return {
    features,
    saving,
    change: (patch) => {
      const next = { ...features, ...patch };
      waiting.current = next;
      setFeatures(next);
      setSaving({ state: 'saving' });
    },
    saveNow: () => {
      setSaving({ state: 'saving' });
      void save();
    },
  };
}

function isOn(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Partial<Toggle>).enabled === true;
}

/** What the app may do besides its graph. */
export function FeaturesPanel() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { app } = useWorkflow();
  const { features, change, saving, saveNow } = useFeatures();
  const hasHearing = useHasModel('speech2text');
  const hasVoice = useHasModel('tts');
  const isChat = app.mode === 'advanced-chat';
  const toggle = (key: string) => (enabled: boolean) =>
    change({ [key]: { ...(features[key] as object | undefined), enabled } });
  return (
    <div className="grid gap-6 p-4 sm:p-5">
      <div className="flex items-center justify-between gap-3">
        <p className="text-sm text-ink-faint">{t('workflow.featuresBody')}</p>
        <span role="status" className="inline-flex shrink-0 items-center gap-1.5 text-sm text-ink-faint">
          {saving.state === 'saved' ? <Check aria-hidden="true" className="size-3.5" /> : null}
          {saving.state === 'saving' ? <Spinner className="size-3.5" /> : null}
          {saving.state === 'failed' ? (
            <CloudAlert aria-hidden="true" className="size-3.5 text-danger-ink" />
          ) : null}
          {t(`studio.save_${saving.state}`)}
        </span>
      </div>
      {saving.state === 'failed' ? (
        <Banner
          tone="danger"
          action={
            <Button size="sm" onClick={saveNow}>
              {t('common.retry')}
            </Button>
          }
        >
          {describe(saving.error)}
        </Banner>
      ) : null}
      {isChat ? (
        <OpenerEditor
          opener={typeof features['opening_statement'] === 'string' ? features['opening_statement'] : ''}
          questions={
            Array.isArray(features['suggested_questions']) ? features['suggested_questions'].map(String) : []
          }
          onOpener={(opener) => change({ opening_statement: opener })}
          onQuestions={(questions) => change({ suggested_questions: questions })}
        />
      ) : null}
      <div className="grid gap-4">
        {isChat ? (
          <>
            <SwitchRow
              label={t('studio.followUp')}
              description={t('studio.followUpHelp')}
              checked={isOn(features['suggested_questions_after_answer'])}
              onCheckedChange={toggle('suggested_questions_after_answer')}
            />
            <SwitchRow
              label={t('workflow.citations')}
              description={t('workflow.citationsHelp')}
              checked={isOn(features['retriever_resource'])}
              onCheckedChange={toggle('retriever_resource')}
            />
            <SwitchRow
              label={t('studio.speechToText')}
              description={hasHearing ? t('studio.speechToTextHelp') : t('studio.needsModel')}
              disabled={!hasHearing && !isOn(features['speech_to_text'])}
              checked={isOn(features['speech_to_text'])}
              onCheckedChange={toggle('speech_to_text')}
            />
          </>
        ) : null}
        <SwitchRow
          label={t('studio.textToSpeech')}
          description={hasVoice ? t('studio.textToSpeechHelp') : t('studio.needsModel')}
          disabled={!hasVoice && !isOn(features['text_to_speech'])}
          checked={isOn(features['text_to_speech'])}
          onCheckedChange={toggle('text_to_speech')}
        />
        <FileUploadEditor
          value={(features['file_upload'] ?? {}) as FileUploadConfig}
          onChange={(value) => change({ file_upload: value })}
        />
        <ModerationRow
          value={features['sensitive_word_avoidance'] as ModerationConfig | undefined}
          onChange={(value) => change({ sensitive_word_avoidance: value })}
        />
      </div>
    </div>
  );
}
