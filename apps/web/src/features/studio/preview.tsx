import { ChevronDown, Eraser, MessageSquareDashed, Play, ScrollText, Square } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { studioApi } from '../../api/studio.ts';
import { useLanguage } from '../../i18n/language.ts';
import { formatNumber, formatSeconds } from '../../lib/format.ts';
import { useLatest } from '../../lib/hooks.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { type ChatState, type ChatTransport, createChatStore } from '../chat/chat-store.ts';
import { ChatThread } from '../chat/chat-thread.tsx';
import { Composer } from '../chat/composer.tsx';
import { ResultView } from '../chat/result-view.tsx';
import type { Turn } from '../chat/turn.ts';
import {
  defaultValues,
  fillPlaceholders,
  missingVariables,
  toInputs,
  VariablesForm,
  type VariableValues,
} from '../chat/variables-form.tsx';
import { PromptLog } from './prompt-log.tsx';
import { useStudio, useStudioState } from './studio-context.ts';
import { useVariables } from './variable-section.tsx';

/** A conversation store that runs the draft as it is at the moment of asking. */
function useDebugChat(kind: 'chat-messages' | 'completion-messages'): StoreApi<ChatState> {
  const { app, store } = useStudio();
  const created = useRef<StoreApi<ChatState>>(undefined);
  created.current ??= createChatStore({
    transport: (): ChatTransport => {
      const { config } = store.getState();
      return {
        open: (request, signal) => studioApi.run(app.id, kind, request, config, signal),
        stop: (taskId) => studioApi.stop(app.id, kind, taskId),
        ...(config.suggested_questions_after_answer?.enabled && kind === 'chat-messages'
          ? { suggest: (messageId: string) => studioApi.suggestions(app.id, messageId) }
          : {}),
      };
    },
    newKey: () => crypto.randomUUID?.() ?? `turn-${performance.now()}`,
  });
  return created.current;
}

/** The form of variables of a preview, with its state. */
function usePreviewInputs() {
  const variables = useVariables();
  const [values, setValues] = useState<VariableValues>(() => defaultValues(variables));
  const [showMissing, setShowMissing] = useState(false);
  const complete = { ...defaultValues(variables), ...values };
  const missing = missingVariables(variables, complete);
  const latest = useLatest({ variables, complete });
  return {
    variables,
    values: complete,
    setValues,
    missing: showMissing ? missing : new Set<string>(),
    inputs: () => toInputs(latest.current.variables, latest.current.complete),
    mayRun: () => {
      setShowMissing(true);
      return missingVariables(latest.current.variables, latest.current.complete).size === 0;
    },
  };
}

function TurnFacts({ turn, onLog }: { turn: Turn; onLog: (messageId: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { messageId, usage } = turn;
  return (
    <>
      {messageId ? (
        <IconButton
          size="sm"
          label={t('studio.promptLog')}
          icon={<ScrollText />}
          onClick={() => onLog(messageId)}
        />
      ) : null}
      {usage ? (
        <span className="tabular ms-1 text-xs text-ink-faint">
          {t('studio.tokens', {
            count: usage.total_tokens,
            formatted: formatNumber(usage.total_tokens, language),
          })}
          {' · '}
          {formatSeconds(usage.latency, language)}
        </span>
      ) : null}
    </>
  );
}

function VariablesPanel({ form }: { form: ReturnType<typeof usePreviewInputs> }) {
  const { t } = useTranslation();
  const shown = form.variables.filter((variable) => !variable.hide);
  if (shown.length === 0) return null;
  return (
    <details open className="group rounded-panel border bg-surface">
      <summary className="flex cursor-pointer list-none items-center justify-between px-3.5 py-2.5 text-base font-medium">
        {t('studio.variables')}
        <ChevronDown
          aria-hidden="true"
          className="size-4 text-ink-faint transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="px-3.5 pb-4">
        <VariablesForm
          variables={form.variables}
          values={form.values}
          onChange={form.setValues}
          missing={form.missing}
          upload={studioApi.upload}
        />
      </div>
    </details>
  );
}

function PreviewHeader({ onClear, clearable }: { onClear: () => void; clearable: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="flex h-11 shrink-0 items-center justify-between border-b px-4">
      <h2 className="text-base font-semibold">{t('studio.preview')}</h2>
      <IconButton
        size="sm"
        label={t('studio.clearPreview')}
        icon={<Eraser />}
        disabled={!clearable}
        onClick={onClear}
      />
    </div>
  );
}

/** Talks with the draft. */
export function ChatPreview() {
  const { t } = useTranslation();
  const { app } = useStudio();
  const chat = useDebugChat('chat-messages');
  const form = usePreviewInputs();
  const config = useStudioState((state) => state.config);
  const hasTurns = useStore(chat, (state) => state.turns.length > 0);
  const [logged, setLogged] = useState<string>();
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PreviewHeader clearable={hasTurns} onClear={() => chat.getState().open(undefined, [])} />
      <ChatThread
        store={chat}
        inputs={form.inputs}
        mayAsk={form.mayRun}
        opener={fillPlaceholders(config.opening_statement ?? '', form.values)}
        openerQuestions={config.suggested_questions}
        header={<VariablesPanel form={form} />}
        empty={
          <EmptyState icon={<MessageSquareDashed />} title={t('studio.previewEmpty')}>
            {t('studio.previewEmptyBody')}
          </EmptyState>
        }
        extraActions={(turn) => <TurnFacts turn={turn} onLog={setLogged} />}
      />
      <Composer
        store={chat}
        inputs={form.inputs}
        mayAsk={form.mayRun}
        fileUpload={config.file_upload}
        upload={studioApi.upload}
        placeholder={t('studio.previewPlaceholder')}
      />
      {logged ? <PromptLog appId={app.id} messageId={logged} onClose={() => setLogged(undefined)} /> : null}
    </div>
  );
}

/** Runs the draft of a text generator. */
export function CompletionPreview() {
  const { t } = useTranslation();
  const { app } = useStudio();
  const chat = useDebugChat('completion-messages');
  const form = usePreviewInputs();
  const turn = useStore(chat, (state) => state.turns.at(-1));
  const busy = useStore(chat, (state) => state.busy);
  const [logged, setLogged] = useState<string>();
  const run = () => {
    if (!form.mayRun()) return;
    chat.getState().open(undefined, []);
    void chat.getState().ask({ query: '', inputs: form.inputs(), files: [], shownFiles: [] });
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PreviewHeader clearable={turn !== undefined} onClear={() => chat.getState().open(undefined, [])} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-180 gap-4 px-4 py-5 sm:px-6">
          <VariablesPanel form={form} />
          <div className="flex justify-end gap-2">
            {busy ? (
              <Button
                icon={<Square className="size-3.5 fill-current" />}
                onClick={() => chat.getState().stop()}
              >
                {t('chat.stop')}
              </Button>
            ) : (
              <Button variant="primary" icon={<Play className="size-3.5 fill-current" />} onClick={run}>
                {t('chat.run')}
              </Button>
            )}
          </div>
          {turn ? (
            <ResultView
              turn={turn}
              onRetry={busy ? undefined : run}
              extra={<TurnFacts turn={turn} onLog={setLogged} />}
            />
          ) : (
            <EmptyState icon={<MessageSquareDashed />} title={t('studio.runEmpty')}>
              {t('studio.runEmptyBody')}
            </EmptyState>
          )}
        </div>
      </div>
      {logged ? <PromptLog appId={app.id} messageId={logged} onClose={() => setLogged(undefined)} /> : null}
    </div>
  );
}
