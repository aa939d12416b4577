import { ChevronDown, Eraser, ListTree, MessageSquareDashed } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { FileUploadConfig } from '../../api/model-config.ts';
import { studioApi } from '../../api/studio.ts';
import { cx } from '../../lib/cx.ts';
import { useLatest } from '../../lib/hooks.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ChatThread } from '../chat/chat-thread.tsx';
import { Composer } from '../chat/composer.tsx';
import { fillPlaceholders, missingVariables, toInputs, VariablesForm } from '../chat/variables-form.tsx';
import { PausedForms } from '../runs/paused-forms.tsx';
import { RunStatusBadge, Spent } from '../runs/run-status.tsx';
import { RunTrace } from '../runs/run-trace.tsx';
import { TraceButton } from '../runs/trace-button.tsx';
import { useWorkflow } from './workflow-context.ts';

/** Talks with the draft of a chatflow; the steps of the newest answer can be watched. */
export function ChatPanel() {
  const { t } = useTranslation();
  const { app, chat, form, draft } = useWorkflow();
  const runIds = useAnsweredRuns();
  const [showMissing, setShowMissing] = useState(false);
  const missing = missingVariables(form.variables, form.values);
  const latest = useLatest({ form, missing });
  const inputs = () => toInputs(latest.current.form.variables, latest.current.form.values);
  const mayAsk = () => {
    setShowMissing(true);
    return latest.current.missing.size === 0;
  };
  const features = draft.features;
  const opener = typeof features['opening_statement'] === 'string' ? features['opening_statement'] : '';
  const questions = Array.isArray(features['suggested_questions'])
    ? features['suggested_questions'].map(String)
    : [];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ChatThread
        store={chat}
        inputs={inputs}
        mayAsk={mayAsk}
        opener={fillPlaceholders(opener, form.values)}
        openerQuestions={questions}
        header={
          form.variables.some((variable) => !variable.hide) ? (
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
                  missing={showMissing ? missing : new Set<string>()}
                  upload={studioApi.upload}
                />
              </div>
            </details>
          ) : null
        }
        empty={
          <EmptyState icon={<MessageSquareDashed />} title={t('studio.previewEmpty')}>
            {t('workflow.chatEmptyBody')}
          </EmptyState>
        }
        extraActions={(turn) => {
          const runId = turn.messageId ? runIds[turn.messageId] : undefined;
          return runId ? <TraceButton appId={app.id} runId={runId} /> : null;
        }}
      />
      <LiveSteps />
      <Composer
        store={chat}
        inputs={inputs}
        mayAsk={mayAsk}
        fileUpload={features['file_upload'] as FileUploadConfig | undefined}
        upload={studioApi.upload}
        placeholder={t('studio.previewPlaceholder')}
      />
    </div>
  );
}

/** The run that gave each answer, by the answer's message. An answer that a pause cut short is completed. */
function useAnsweredRuns(): Readonly<Record<string, string>> {
  const { run, chat, refresh } = useWorkflow();
  const [runIds, setRunIds] = useState<Readonly<Record<string, string>>>({});
  const messageId = useStore(run, (state) => state.view?.messageId);
  const runId = useStore(run, (state) => state.view?.runId);
  const status = useStore(run, (state) => state.view?.status);
  useEffect(() => {
    if (messageId && runId) setRunIds((before) => ({ ...before, [messageId]: runId }));
  }, [messageId, runId]);
  useEffect(() => {
    if (status === undefined || status === 'running' || status === 'paused') return;
    refresh();
    const text = run.getState().view?.text;
    if (!text || chat.getState().busy) return;
    chat.setState(({ turns }) => ({
      turns: turns.map((turn) => (turn.messageId === messageId ? { ...turn, answer: text } : turn)),
    }));
  }, [status, messageId, run, chat, refresh]);
  return runIds;
}

/** The steps of the answer under way, folded into one line above the composer. */
function LiveSteps() {
  const { t } = useTranslation();
  const { app, chat, run, outline } = useWorkflow();
  const view = useStore(run, (state) => state.view);
  const [open, setOpen] = useState(false);
  if (!view) return null;
  const active = view.nodes.findLast(({ status }) => status === 'running' || status === 'paused');
  return (
    <div className="mx-auto w-full max-w-180 px-4 pb-2 sm:px-6">
      {view.status === 'paused' && view.runId !== undefined ? (
        <div className="mb-2 max-h-90 overflow-y-auto">
          <PausedForms
            runId={view.runId}
            forms={view.forms}
            titleOf={(nodeId) => outline.byId.get(nodeId)?.title ?? nodeId}
          />
        </div>
      ) : null}
      <div className="flex items-start gap-1">
        <div className="min-w-0 flex-1 rounded-panel border bg-surface">
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="flex min-h-9 w-full items-center gap-2.5 px-3 text-start text-sm"
          >
            <ListTree aria-hidden="true" className="size-4 text-ink-faint" />
            <span className="min-w-0 flex-1 truncate">
              {active ? active.title : t('workflow.stepsOfAnswer', { count: view.nodes.length })}
            </span>
            <Spent elapsed={view.elapsed} tokens={view.tokens} />
            <RunStatusBadge status={view.status} />
            <ChevronDown
              aria-hidden="true"
              className={cx('size-4 text-ink-faint transition-transform', open && 'rotate-180')}
            />
          </button>
          {open ? (
            <div className="max-h-80 overflow-y-auto border-t p-2">
              <RunTrace appId={app.id} view={view} />
            </div>
          ) : null}
        </div>
        <IconButton
          label={t('studio.clearPreview')}
          icon={<Eraser />}
          onClick={() => {
            chat.getState().open(undefined, []);
            run.getState().clear();
          }}
        />
      </div>
    </div>
  );
}
