import { Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../ui/banner.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { PromptEditor } from './prompt-editor.tsx';
import { Section } from './section.tsx';
import { useConfig, useStudio, useStudioState } from './studio-context.ts';
import { useAddVariables, useVariables } from './variable-section.tsx';

const roles = ['system', 'user', 'assistant'] as const;

/** The whole prompt by role, as imported apps in expert mode have it. */
function ExpertPrompt() {
  const { t } = useTranslation();
  const variables = useVariables();
  const addVariables = useAddVariables();
  const [chat, setChat] = useConfig('chat_prompt_config');
  const [completion, setCompletion] = useConfig('completion_prompt_config');
  const mode = useStudioState((state) => state.config.model.mode);
  if (mode === 'completion') {
    return (
      <PromptEditor
        label={t('studio.instructions')}
        placeholder={t('studio.instructionsPlaceholder', { example: '{{topic}}' })}
        value={completion?.prompt?.text ?? ''}
        onChange={(text) => setCompletion({ ...completion, prompt: { text } }, 'completion-prompt')}
        variables={variables}
        onAddVariables={addVariables}
      />
    );
  }
  const messages = chat?.prompt ?? [];
  return (
    <div className="grid gap-3">
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no ids; their place is their identity.
        <div key={index} className="grid gap-1.5">
          <div className="flex items-center justify-between">
            <Select
              className="!h-7 !w-32 text-sm"
              aria-label={t('studio.roleOfMessage', { number: index + 1 })}
              value={message.role}
              onValueChange={(role) =>
                setChat({
                  ...chat,
                  prompt: messages.map((old, at) => (at === index ? { ...old, role } : old)),
                })
              }
              options={roles.map((role) => ({ value: role, label: t(`studio.role_${role}`) }))}
            />
            <IconButton
              size="sm"
              label={t('studio.removeMessage', { number: index + 1 })}
              icon={<Trash2 />}
              onClick={() => setChat({ ...chat, prompt: messages.filter((_, at) => at !== index) })}
            />
          </div>
          <PromptEditor
            minHeightPx={80}
            label={t('studio.messageNumber', { number: index + 1 })}
            placeholder=""
            value={message.text}
            onChange={(text) =>
              setChat(
                { ...chat, prompt: messages.map((old, at) => (at === index ? { ...old, text } : old)) },
                `message-${index}`,
              )
            }
            variables={variables}
            onAddVariables={addVariables}
          />
        </div>
      ))}
    </div>
  );
}

/** What the model is told. */
export function PromptSection() {
  const { t } = useTranslation();
  const { app } = useStudio();
  const variables = useVariables();
  const addVariables = useAddVariables();
  const [prompt, setPrompt] = useConfig('pre_prompt');
  const [promptType] = useConfig('prompt_type');
  return (
    <Section
      title={app.mode === 'completion' ? t('studio.prompt') : t('studio.instructions')}
      help={t('studio.instructionsHelp', { example: '{{topic}}' })}
    >
      {promptType === 'advanced' ? (
        <>
          <Banner tone="info">{t('studio.expertMode')}</Banner>
          <ExpertPrompt />
        </>
      ) : (
        <PromptEditor
          label={t('studio.instructions')}
          placeholder={t('studio.instructionsPlaceholder', { example: '{{topic}}' })}
          value={prompt}
          onChange={(text) => setPrompt(text, 'pre-prompt')}
          variables={variables}
          onAddVariables={addVariables}
        />
      )}
    </Section>
  );
}
