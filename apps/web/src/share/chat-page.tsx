import { useQueryClient } from '@tanstack/react-query';
import { Maximize2, MessageSquarePlus, PanelLeft, SunMoon, X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { StoredMessage } from '../api/messages.ts';
import { readForm } from '../api/model-config.ts';
import { type ChatState, createChatStore } from '../features/chat/chat-store.ts';
import { ChatThread } from '../features/chat/chat-thread.tsx';
import { Composer } from '../features/chat/composer.tsx';
import { SpeakButton } from '../features/chat/speak-button.tsx';
import { speech } from '../features/chat/speech.ts';
import { turnsFromMessages } from '../features/chat/turn.ts';
import {
  defaultValues,
  fillPlaceholders,
  missingVariables,
  toInputs,
  VariablesForm,
  type VariableValues,
} from '../features/chat/variables-form.tsx';
import { useLatest, useMediaQuery } from '../lib/hooks.ts';
import { useTheme } from '../lib/theme.ts';
import { AppIcon } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Menu } from '../ui/menu.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ConversationList } from './conversation-list.tsx';
import { useEmbedHost } from './embed-host.ts';
import { prefill, restore } from './prefill.ts';
import { answerForm } from './share-api.ts';
import { type Share, useShare } from './share-context.ts';
import { SiteFooter } from './site-footer.tsx';

function newKey(): string {
  return `turn-${performance.now()}-${Math.random().toString(36).slice(2)}`;
}

/** Keeps the open conversation in the address, so that a reload and a link find it. */
function setAddress(conversationId: string | undefined): void {
  const url = new URL(window.location.href);
  url.searchParams.delete('sys.conversation_id');
  if (conversationId) url.searchParams.set('conversation', conversationId);
  else url.searchParams.delete('conversation');
  window.history.replaceState(null, '', url);
}

function createShareChat(share: Share, onConversation: (id: string) => void): StoreApi<ChatState> {
  const { api, parameters } = share;
  return createChatStore({
    newKey,
    transport: () => ({
      open: api.chat,
      stored: async (conversationId, messageId) =>
        (await api.messages(conversationId)).data.find((message) => message.id === messageId),
      stop: (taskId) => api.stop('chat', taskId),
      rate: api.rate,
      suggest: parameters.suggested_questions_after_answer?.enabled ? api.suggestions : undefined,
      onConversation,
      comeBack: api.comeBack,
      attach: api.attach,
      onSpeech: speech.getState().addFragment,
    }),
  });
}

/** The store of the page with opening, loading and naming of conversations. */
function useShareChat() {
  const share = useShare();
  const queryClient = useQueryClient();
  const [loading, setLoading] = useState(share.handed.conversationId !== undefined);
  const [error, setError] = useState<unknown>();
  const [openedId, setOpenedId] = useState(share.handed.conversationId);
  /** What the opened conversation was last asked with. */
  const [storedInputs, setStoredInputs] = useState<StoredMessage['inputs']>();
  const wanted = useRef(share.handed.conversationId);

  const store = useMemo(
    () =>
      createShareChat(share, (id) => {
        wanted.current = id;
        setOpenedId(id);
        setAddress(id);
        // The title is made from the first turn; a failure leaves the provisional one.
        void share.api
          .nameConversation(id, undefined)
          .catch(() => undefined)
          .then(() => queryClient.invalidateQueries({ queryKey: ['conversations'] }));
      }),
    [share, queryClient],
  );

  const open = useCallback(
    async (id: string | undefined) => {
      wanted.current = id;
      setOpenedId(id);
      setAddress(id);
      setError(undefined);
      store.getState().open(id, []);
      if (!id) {
        setLoading(false);
        return;
      }
      setLoading(true);
      try {
        const { data } = await share.api.messages(id);
        if (wanted.current !== id) return;
        setStoredInputs(data.at(-1)?.inputs);
        store.getState().open(id, turnsFromMessages(data));
      } catch (cause) {
        if (wanted.current === id) setError(cause);
      } finally {
        if (wanted.current === id) setLoading(false);
      }
    },
    [share, store],
  );

  useEffect(() => {
    if (share.handed.conversationId) void open(share.handed.conversationId);
  }, [share.handed.conversationId, open]);

  return { store, open, openedId, storedInputs, loading, error };
}

function ThemeMenu() {
  const { t } = useTranslation();
  const choice = useTheme((state) => state.choice);
  const setChoice = useTheme((state) => state.setChoice);
  return (
    <Menu
      trigger={<IconButton label={t('share.theme')} icon={<SunMoon />} />}
      groups={[
        {
          key: 'theme',
          entries: (['light', 'dark', 'system'] as const).map((value) => ({
            key: value,
            label: t(`share.theme_${value}`),
            checked: value === choice,
            onSelect: () => setChoice(value),
          })),
        },
      ]}
    />
  );
}

/** Talking with a published app. */
export function ChatPage() {
  const { t } = useTranslation();
  const share = useShare();
  const { site, parameters, api, address } = share;
  const { store, open, openedId, storedInputs, loading, error } = useShareChat();
  const variables = useMemo(() => readForm(parameters.user_input_form), [parameters]);
  const shownVariables = variables.filter(
    (variable) => !variable.hide && variable.type !== 'external_data_tool',
  );
  const [values, setValues] = useState<VariableValues>(() => ({
    ...defaultValues(variables),
    ...prefill(variables, share.handed.inputs),
  }));
  const [showMissing, setShowMissing] = useState(false);
  const [started, setStarted] = useState(false);
  const [listOpen, setListOpen] = useState(false);
  const hasTurns = useStore(store, (state) => state.turns.length > 0);
  const latestValues = useLatest(values);
  const compact = address.kind === 'chatbot';
  const host = useEmbedHost();
  // On touch screens the keyboard would cover the page before anything was read.
  const finePointer = useMediaQuery('(pointer: fine)');

  // Every question of a conversation is asked with the inputs anew; the page does not ask for what it was told.
  useEffect(() => {
    if (storedInputs) setValues({ ...defaultValues(variables), ...restore(variables, storedInputs) });
  }, [storedInputs, variables]);

  const missing = missingVariables(shownVariables, values);
  const mayAsk = () => {
    setShowMissing(true);
    return missingVariables(shownVariables, latestValues.current).size === 0;
  };
  const inputs = () => toInputs(variables, latestValues.current);
  const openAndClose = (id: string | undefined) => {
    setListOpen(false);
    setStarted(false);
    void open(id);
  };
  const icon = <AppIcon icon={site} className="!size-7 !text-md" />;
  const isUnasked = openedId ? !loading && missing.size > 0 : !hasTurns && shownVariables.length > 0;
  const waitsForForm = isUnasked && !started;
  const list = (
    <ConversationList
      currentId={openedId}
      onOpen={openAndClose}
      onNew={() => openAndClose(undefined)}
      onRemoved={(id) => {
        if (id === openedId) openAndClose(undefined);
      }}
    />
  );
  const startForm = waitsForForm ? (
    <form
      className="rounded-panel border bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (mayAsk()) setStarted(true);
      }}
    >
      {site.description ? <p className="mb-4 text-base text-ink-soft">{site.description}</p> : null}
      <VariablesForm
        variables={variables}
        values={values}
        onChange={setValues}
        missing={showMissing ? missing : new Set()}
        upload={api.upload}
      />
      <Button type="submit" variant="primary" size="lg" className="mt-5">
        {t('share.start')}
      </Button>
    </form>
  ) : null;

  return (
    <div className="flex h-dvh min-h-0">
      {compact ? null : (
        <aside
          aria-label={t('share.conversations')}
          className="hidden w-65 shrink-0 flex-col gap-3 border-e bg-sunken p-3 lg:flex"
        >
          <div className="flex h-8.5 items-center gap-2.5 px-1">
            {icon}
            <span className="truncate text-base font-semibold">{site.title}</span>
          </div>
          {list}
        </aside>
      )}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-2 border-b px-2 sm:px-4">
          <IconButton
            label={t('share.conversations')}
            icon={<PanelLeft />}
            className={compact ? '' : 'lg:hidden'}
            onClick={() => setListOpen(true)}
          />
          <h1 className="min-w-0 flex-1 truncate text-base font-semibold">{site.title}</h1>
          <ThemeMenu />
          <IconButton
            label={t('share.newChat')}
            icon={<MessageSquarePlus />}
            className={compact ? '' : 'lg:hidden'}
            onClick={() => openAndClose(undefined)}
          />
          {host.isBubble && !host.isSheet ? (
            <IconButton label={t('share.expand')} icon={<Maximize2 />} onClick={host.expand} />
          ) : null}
          {host.isSheet ? <IconButton label={t('common.close')} icon={<X />} onClick={host.close} /> : null}
        </header>
        <main className="flex min-h-0 flex-1 flex-col">
          {error ? (
            <div className="flex-1">
              <ErrorState error={error} onRetry={() => void open(openedId)} />
            </div>
          ) : loading ? (
            <SkeletonLines lines={6} className="mx-auto w-full max-w-180 flex-1 content-start px-6 pt-8" />
          ) : (
            <ChatThread
              store={store}
              inputs={inputs}
              mayAsk={mayAsk}
              opener={waitsForForm ? null : fillPlaceholders(parameters.opening_statement ?? '', values)}
              openerQuestions={parameters.suggested_questions}
              answerIcon={icon}
              asker={share.handed}
              editable
              showSteps={site.show_workflow_steps ?? false}
              answerForm={answerForm}
              upload={api.upload}
              extraActions={(turn) =>
                parameters.text_to_speech?.enabled && turn.messageId && turn.answer ? (
                  <SpeakButton
                    speechKey={turn.key}
                    load={(signal) => api.speak(turn.messageId ?? '', signal)}
                  />
                ) : null
              }
              header={startForm}
              rateable
              empty={
                startForm ? null : (
                  <div className="flex flex-col items-center gap-3 pt-[18dvh] text-center">
                    <AppIcon icon={site} className="!size-12" />
                    <p className="text-md font-semibold">{site.title}</p>
                    {site.description ? (
                      <p className="max-w-110 text-base text-ink-soft">{site.description}</p>
                    ) : null}
                  </div>
                )
              }
            />
          )}
          {waitsForForm ? null : (
            <Composer
              store={store}
              inputs={inputs}
              mayAsk={mayAsk}
              placeholder={site.input_placeholder ?? undefined}
              fileUpload={parameters.file_upload}
              upload={api.upload}
              disabled={loading || error !== undefined}
              sendOnEnter={share.handed.sendOnEnter}
              transcribe={parameters.speech_to_text?.enabled ? api.transcribe : undefined}
              autoFocus={finePointer}
            />
          )}
          <SiteFooter />
        </main>
      </div>
      <Drawer open={listOpen} onOpenChange={setListOpen} title={t('share.conversations')}>
        {list}
      </Drawer>
    </div>
  );
}
