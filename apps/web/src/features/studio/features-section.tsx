import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ModerationConfig } from '../../api/model-config.ts';
import { type ModelType, modelsQuery } from '../../api/models.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { SwitchRow } from '../../ui/switch.tsx';
import { findModel } from './model-picker.tsx';
import { Section } from './section.tsx';
import { useConfig, useStudio, useStudioState } from './studio-context.ts';

const maxQuestions = 10;
const maxKeywordLines = 100;
const maxPresetLength = 100;

/** What the app says first, with questions to pick. */
export function OpenerEditor({
  opener,
  questions,
  onOpener,
  onQuestions,
}: {
  opener: string;
  questions: readonly string[];
  onOpener: (opener: string) => void;
  /** `changedAt` is the place of a question that is being typed; absent when one was added or removed. */
  onQuestions: (questions: readonly string[], changedAt?: number) => void;
}) {
  const { t } = useTranslation();
  return (
    <Section title={t('studio.opener')} help={t('studio.openerHelp')}>
      <Textarea
        aria-label={t('studio.opener')}
        value={opener}
        placeholder={t('studio.openerPlaceholder')}
        onChange={(event) => onOpener(event.target.value)}
      />
      <div className="grid gap-1.5">
        {questions.map((question, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: questions are texts being typed; their place is their identity.
          <div key={index} className="flex gap-1">
            <Input
              value={question}
              aria-label={t('studio.questionNumber', { number: index + 1 })}
              placeholder={t('studio.questionPlaceholder')}
              onChange={(event) =>
                onQuestions(
                  questions.map((old, at) => (at === index ? event.target.value : old)),
                  index,
                )
              }
            />
            <IconButton
              label={t('studio.removeQuestion', { number: index + 1 })}
              icon={<Trash2 />}
              onClick={() => onQuestions(questions.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        {questions.length < maxQuestions ? (
          <Button
            size="sm"
            variant="ghost"
            className="justify-self-start"
            icon={<Plus className="size-4" />}
            onClick={() => onQuestions([...questions, ''])}
          >
            {t('studio.addQuestion')}
          </Button>
        ) : null}
      </div>
    </Section>
  );
}

/** The opener of a prompt app. */
export function OpenerSection() {
  const [opener, setOpener] = useConfig('opening_statement');
  const [questions, setQuestions] = useConfig('suggested_questions');
  return (
    <OpenerEditor
      opener={opener ?? ''}
      questions={questions}
      onOpener={(next) => setOpener(next, 'opener')}
      onQuestions={(next, changedAt) =>
        setQuestions(next, changedAt === undefined ? undefined : `question-${changedAt}`)
      }
    />
  );
}

function ModerationSettings({
  value,
  onChange,
}: {
  value: ModerationConfig;
  onChange: (value: ModerationConfig) => void;
}) {
  const { t } = useTranslation();
  const config = value.config ?? {};
  const patch = (change: NonNullable<ModerationConfig['config']>) =>
    onChange({ ...value, type: 'keywords', config: { ...config, ...change } });
  return (
    <div className="grid gap-3 rounded-panel border bg-surface p-3">
      <Field label={t('studio.keywords')} help={t('studio.keywordsHelp', { max: maxKeywordLines })}>
        {(control) => (
          <Textarea
            {...control}
            value={config.keywords ?? ''}
            onChange={(event) =>
              patch({ keywords: event.target.value.split('\n').slice(0, maxKeywordLines).join('\n') })
            }
          />
        )}
      </Field>
      {(['inputs_config', 'outputs_config'] as const).map((side) => (
        <div key={side} className="grid gap-1.5">
          <Checkbox
            label={t(`studio.moderate_${side}`)}
            checked={config[side]?.enabled ?? false}
            onCheckedChange={(enabled) => patch({ [side]: { ...config[side], enabled } })}
          />
          {config[side]?.enabled ? (
            <Input
              aria-label={t('studio.presetReply')}
              placeholder={t('studio.presetReply')}
              maxLength={maxPresetLength}
              value={config[side]?.preset_response ?? ''}
              onChange={(event) =>
                patch({ [side]: { enabled: true, ...config[side], preset_response: event.target.value } })
              }
            />
          ) : null}
        </div>
      ))}
    </div>
  );
}

/** The switch of content moderation with what is refused. */
export function ModerationRow({
  value,
  onChange,
}: {
  value: ModerationConfig | undefined;
  onChange: (value: ModerationConfig) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <SwitchRow
        label={t('studio.moderation')}
        description={t('studio.moderationHelp')}
        checked={value?.enabled ?? false}
        onCheckedChange={(enabled) =>
          onChange(
            enabled
              ? {
                  ...value,
                  enabled,
                  type: value?.type || 'keywords',
                  config: { ...newModeration, ...value?.config },
                }
              : { ...value, enabled },
          )
        }
      />
      {value?.enabled && value.type === 'keywords' ? (
        <ModerationSettings value={value} onChange={onChange} />
      ) : null}
    </>
  );
}

const newModeration = {
  keywords: '',
  inputs_config: { enabled: true, preset_response: '' },
  outputs_config: { enabled: false, preset_response: '' },
};

/** Whether there is a model of a kind to switch a feature on with. */
export function useHasModel(type: ModelType): boolean {
  const { data } = useQuery(modelsQuery(type));
  return (data?.data.length ?? 0) > 0;
}

function VisionRow() {
  const { t } = useTranslation();
  const [upload, setUpload] = useConfig('file_upload');
  const model = useStudioState((state) => state.config.model);
  const { data } = useQuery(modelsQuery('llm'));
  const supported = findModel(data?.data, model)?.model.features?.includes('vision') ?? false;
  const image = upload?.image ?? {
    enabled: false,
    number_limits: 3,
    detail: 'high' as const,
    transfer_methods: ['remote_url', 'local_file'],
  };
  return (
    <SwitchRow
      label={t('studio.vision')}
      description={supported ? t('studio.visionHelp') : t('studio.visionUnsupported')}
      checked={image.enabled}
      disabled={!supported && !image.enabled}
      onCheckedChange={(enabled) => setUpload({ ...upload, image: { ...image, enabled } })}
    />
  );
}

/** What the app may do besides answering. */
export function FeaturesSection() {
  const { t } = useTranslation();
  const { app } = useStudio();
  const isChat = app.mode !== 'completion';
  const [followUp, setFollowUp] = useConfig('suggested_questions_after_answer');
  const [moreLikeThis, setMoreLikeThis] = useConfig('more_like_this');
  const [speechToText, setSpeechToText] = useConfig('speech_to_text');
  const [textToSpeech, setTextToSpeech] = useConfig('text_to_speech');
  const [moderation, setModeration] = useConfig('sensitive_word_avoidance');
  const hasHearing = useHasModel('speech2text');
  const hasVoice = useHasModel('tts');
  return (
    <Section title={t('studio.features')}>
      <div className="grid gap-4">
        {isChat ? (
          <SwitchRow
            label={t('studio.followUp')}
            description={t('studio.followUpHelp')}
            checked={followUp?.enabled ?? false}
            onCheckedChange={(enabled) => setFollowUp({ ...followUp, enabled })}
          />
        ) : (
          <SwitchRow
            label={t('studio.moreLikeThis')}
            description={t('studio.moreLikeThisHelp')}
            checked={moreLikeThis?.enabled ?? false}
            onCheckedChange={(enabled) => setMoreLikeThis({ ...moreLikeThis, enabled })}
          />
        )}
        <VisionRow />
        {isChat ? (
          <SwitchRow
            label={t('studio.speechToText')}
            description={hasHearing ? t('studio.speechToTextHelp') : t('studio.needsModel')}
            disabled={!hasHearing && !speechToText?.enabled}
            checked={speechToText?.enabled ?? false}
            onCheckedChange={(enabled) => setSpeechToText({ ...speechToText, enabled })}
          />
        ) : null}
        <SwitchRow
          label={t('studio.textToSpeech')}
          description={hasVoice ? t('studio.textToSpeechHelp') : t('studio.needsModel')}
          disabled={!hasVoice && !textToSpeech?.enabled}
          checked={textToSpeech?.enabled ?? false}
          onCheckedChange={(enabled) => setTextToSpeech({ ...textToSpeech, enabled })}
        />
        <ModerationRow value={moderation} onChange={setModeration} />
      </div>
    </Section>
  );
}
