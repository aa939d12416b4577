import { ArrowLeft, Eraser, Play, Sparkles, Square, Wand } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { readForm } from '../api/model-config.ts';
import { type ChatState, createChatStore } from '../features/chat/chat-store.ts';
import { ResultView } from '../features/chat/result-view.tsx';
import {
  defaultValues,
  missingVariables,
  toInputs,
  VariablesForm,
  type VariableValues,
} from '../features/chat/variables-form.tsx';
import { useMediaQuery } from '../lib/hooks.ts';
import { AppIcon } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { prefill } from './prefill.ts';
import { type Share, useShare } from './share-context.ts';
import { SiteFooter } from './site-footer.tsx';

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
    }),
    newKey: () => `run-${++count}`,
  });
}

/** A published text generator: fill the form, get a text. */
export function GeneratorPage() {
  const { t } = useTranslation();
  const share = useShare();
  const { site, parameters, api } = share;
  const variables = useMemo(() => readForm(parameters.user_input_form), [parameters]);
  const initialValues = (): VariableValues => ({
    ...defaultValues(variables),
    ...prefill(variables, share.handed.inputs),
  });
  const [values, setValues] = useState(initialValues);
  const [showMissing, setShowMissing] = useState(false);
  const [step, setStep] = useState<'form' | 'result'>('form');
  const wide = useMediaQuery('(min-width: 900px)');
  const [variationOf] = useState<{ current: string | undefined }>(() => ({ current: undefined }));
  const store = useMemo(() => createGenerator(share, variationOf), [share, variationOf]);
  const turns = useStore(store, (state) => state.turns);
  const busy = useStore(store, (state) => state.busy);
  const missing = missingVariables(variables, values);

  const ask = () =>
    void store.getState().ask({ query: '', inputs: toInputs(variables, values), files: [], shownFiles: [] });
  const run = () => {
    setShowMissing(true);
    if (missing.size > 0) return;
    setStep('result');
    store.getState().open(undefined, []);
    ask();
  };
  const vary = (messageId: string) => {
    variationOf.current = messageId;
    ask();
  };
  const clear = () => {
    setValues(initialValues());
    setShowMissing(false);
    store.getState().open(undefined, []);
  };

  const form = (
    <form
      className="grid content-start gap-5 p-5 sm:p-7"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      {site.description ? <p className="text-base text-ink-soft">{site.description}</p> : null}
      <VariablesForm
        variables={variables}
        values={values}
        onChange={setValues}
        missing={showMissing ? missing : new Set()}
        upload={api.upload}
      />
      <div className="flex items-center gap-2">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          disabled={busy}
          icon={<Play className="size-4 fill-current" />}
        >
          {t('chat.run')}
        </Button>
        <Button type="button" variant="ghost" size="lg" icon={<Eraser className="size-4" />} onClick={clear}>
          {t('common.clear')}
        </Button>
      </div>
    </form>
  );
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
            onRetry={busy ? undefined : run}
            onRate={(rating) =>
              void store
                .getState()
                .rate(turn.key, rating)
                .catch(() => undefined)
            }
            extra={
              parameters.more_like_this?.enabled && turn.messageId && !busy && turns.length < 3 ? (
                <IconButton
                  size="sm"
                  label={t('share.moreLikeThis')}
                  icon={<Wand />}
                  onClick={() => turn.messageId && vary(turn.messageId)}
                />
              ) : null
            }
          />
        ))
      )}
    </section>
  );

  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-10 flex h-14 shrink-0 items-center gap-3 border-b bg-surface px-4 sm:px-7">
        {!wide && step === 'result' ? (
          <IconButton
            label={t('share.backToForm')}
            icon={<ArrowLeft className="rtl:rotate-180" />}
            onClick={() => setStep('form')}
          />
        ) : null}
        <AppIcon icon={site} className="!size-8 !text-md" />
        <h1 className="truncate text-md font-semibold">{site.title}</h1>
      </header>
      <main className={wide ? 'grid flex-1 grid-cols-[minmax(360px,5fr)_7fr]' : 'flex-1'}>
        {wide || step === 'form' ? form : null}
        {wide ? <div className="border-s bg-surface">{result}</div> : step === 'result' ? result : null}
      </main>
      <SiteFooter />
    </div>
  );
}
