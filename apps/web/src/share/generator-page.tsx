import { Bookmark, Sparkles, Square, Wand } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { type ChatState, createChatStore } from '../features/chat/chat-store.ts';
import { ResultView } from '../features/chat/result-view.tsx';
import { SpeakButton } from '../features/chat/speak-button.tsx';
import { speech } from '../features/chat/speech.ts';
import type { Turn } from '../features/chat/turn.ts';
import { useErrorText } from '../lib/error-text.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';
import { canBatch } from './batch/rows.ts';
import { writeText } from './carry-out.ts';
import { RunForm, useRunForm } from './run-form.tsx';
import { type Share, useShare } from './share-context.ts';
import { FormAndResult, KeptTab, ToolPage, type ToolTab, useSteps } from './tool-page.tsx';

const BatchPage = lazy(() =>
  import('./batch/batch-page.tsx').then((module) => ({ default: module.BatchPage })),
);
const SavedTexts = lazy(() => import('./saved-texts.tsx').then((module) => ({ default: module.SavedTexts })));

/** Results of one run are shown together; a variation asks for another answer to the same form. */
function createGenerator(share: Share, variationOf: { current: string | undefined }): StoreApi<ChatState> {
  const { api } = share;
  let count = 0;
  return createChatStore({
    transport: () => ({
      open: (request, signal) => {
        const messageId = variationOf.current;
        variationOf.current = undefined;
        return messageId ? api.moreLikeThis(messageId, signal) : api.complete(request, signal);
      },
      stop: (taskId) => api.stop('completion', taskId),
      rate: api.rate,
      onSpeech: speech.getState().addFragment,
    }),
    newKey: () => `run-${++count}`,
  });
}

function SaveButton({ messageId }: { messageId: string }) {
  const { t } = useTranslation();
  const { api } = useShare();
  const describe = useErrorText();
  const [saved, setSaved] = useState(false);
  return (
    <IconButton
      size="sm"
      label={t('share.saveText')}
      aria-pressed={saved}
      icon={<Bookmark className={saved ? 'fill-current text-accent-ink' : ''} />}
      onClick={() => {
        const next = !saved;
        setSaved(next);
        (next ? api.save(messageId) : api.unsave(messageId)).catch((error: unknown) => {
          setSaved(!next);
          toast.error(describe(error));
        });
      }}
    />
  );
}

/** A published text generator: fill the form, get a text; one by one, or a table of them. */
export function GeneratorPage() {
  const { t } = useTranslation();
  const share = useShare();
  const { parameters, api } = share;
  const [tab, setTab] = useState<ToolTab>('once');
  const form = useRunForm();
  const { wide, step, setStep, back } = useSteps();
  const [variationOf] = useState<{ current: string | undefined }>(() => ({ current: undefined }));
  const store = useMemo(() => createGenerator(share, variationOf), [share, variationOf]);
  const turns = useStore(store, (state) => state.turns);
  const busy = useStore(store, (state) => state.busy);

  const ask = (inputs: Record<string, unknown>) =>
    void store.getState().ask({ query: '', inputs, files: [], shownFiles: [] });
  const run = (inputs: Record<string, unknown>) => {
    setStep('result');
    store.getState().open(undefined, []);
    ask(inputs);
  };
  const again = () => {
    const inputs = form.take();
    if (inputs) run(inputs);
    else setStep('form');
  };
  const extra = (turn: Turn) => {
    const { messageId } = turn;
    if (!messageId) return null;
    return (
      <>
        {parameters.more_like_this?.enabled && !busy && turns.length < 3 ? (
          <IconButton
            size="sm"
            label={t('share.moreLikeThis')}
            icon={<Wand />}
            onClick={() => {
              variationOf.current = messageId;
              ask({});
            }}
          />
        ) : null}
        {turn.status === 'done' ? <SaveButton messageId={messageId} /> : null}
        {parameters.text_to_speech?.enabled && turn.answer ? (
          <SpeakButton speechKey={turn.key} load={(signal) => api.speak(messageId, signal)} />
        ) : null}
      </>
    );
  };

  const result = (
    <section aria-label={t('share.result')} className="grid content-start gap-4 p-5 sm:p-7">
      <div className="flex min-h-8.5 items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{t('share.result')}</h2>
        {busy ? (
          <Button
            size="sm"
            icon={<Square className="size-3 fill-current" />}
            onClick={() => store.getState().stop()}
          >
            {t('chat.stop')}
          </Button>
        ) : null}
      </div>
      {turns.length === 0 ? (
        <EmptyState icon={<Sparkles />} title={t('share.noResult')}>
          {t('share.noResultBody')}
        </EmptyState>
      ) : (
        turns.map((turn) => (
          <ResultView
            key={turn.key}
            turn={turn}
            onRetry={busy ? undefined : again}
            onRate={(rating) =>
              void store
                .getState()
                .rate(turn.key, rating)
                .catch(() => undefined)
            }
            extra={extra(turn)}
          />
        ))
      )}
    </section>
  );

  return (
    <ToolPage
      tabs={canBatch(form.variables) ? ['once', 'batch', 'saved'] : ['once', 'saved']}
      tab={tab}
      onTab={setTab}
      onBack={tab === 'once' ? back : undefined}
    >
      {tab === 'once' ? (
        <FormAndResult
          wide={wide}
          step={step}
          form={
            <RunForm
              form={form}
              busy={busy}
              onRun={run}
              onClear={() => store.getState().open(undefined, [])}
            />
          }
          result={result}
        />
      ) : null}
      <KeptTab shown={tab === 'batch'}>
        <BatchPage
          variables={form.variables}
          run={async ({ inputs }, { signal }) => ({ text: await writeText(api, inputs, signal) })}
        />
      </KeptTab>
      {tab === 'saved' ? (
        <Suspense fallback={<SkeletonLines lines={5} className="p-7" />}>
          <SavedTexts />
        </Suspense>
      ) : null}
    </ToolPage>
  );
}
