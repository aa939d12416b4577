import { ArrowDown } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { useErrorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import type { ChatState } from './chat-store.ts';
import type { UploadFile } from './files.ts';
import { Markdown } from './markdown.tsx';
import { type Asker, Suggestions, TurnView } from './message-view.tsx';
import { useStickToEnd } from './scroll-anchor.ts';
import { pathOf, type Turn } from './turn.ts';
import type { AnswerForm } from './waiting-forms.tsx';

interface ChatThreadProps {
  readonly store: StoreApi<ChatState>;
  /** Values of the variables, sent with every question. */
  readonly inputs: () => Readonly<Record<string, unknown>>;
  readonly opener?: string | null | undefined;
  readonly openerQuestions?: readonly string[];
  readonly answerIcon?: ReactNode;
  /** Who asks, shown beside the questions where it is known. */
  readonly asker?: Asker;
  /** What stands above the first message, such as the form of variables. */
  readonly header?: ReactNode;
  readonly empty?: ReactNode;
  readonly extraActions?: (turn: Turn) => ReactNode;
  readonly rateable?: boolean;
  /** Questions can be changed and asked again; both versions are kept as branches. */
  readonly editable?: boolean;
  /** Shows the steps of the graph that answers. */
  readonly showSteps?: boolean;
  /** Answers a form that a turn waits for. */
  readonly answerForm?: AnswerForm;
  readonly upload?: UploadFile;
  /** Refuses to ask while a form above is incomplete. */
  readonly mayAsk?: () => boolean;
}

/** Tells screen readers when an answer begins and ends, without reading every token. */
function Announcer({ store }: { store: StoreApi<ChatState> }) {
  const { t } = useTranslation();
  const status = useStore(store, (state) => state.turns.at(-1)?.status);
  const text =
    status === 'waiting'
      ? t('chat.waiting')
      : status === 'done'
        ? t('chat.answered')
        : status === 'failed'
          ? t('chat.failed')
          : '';
  return (
    <div role="status" className="sr-only">
      {text}
    </div>
  );
}

/** The messages of a conversation, following the end while the reader is there. */
export function ChatThread(props: ChatThreadProps) {
  const { store, inputs, mayAsk } = props;
  const { t } = useTranslation();
  const describe = useErrorText();
  const turns = useStore(store, (state) => state.turns);
  const chosen = useStore(store, (state) => state.chosen);
  const busy = useStore(store, (state) => state.busy);
  const areaRef = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useStickToEnd(areaRef);
  const path = pathOf(turns, chosen);
  useEffect(() => {
    if (busy) toEnd();
  }, [busy, toEnd]);

  const ask = (query: string) => {
    if (mayAsk && !mayAsk()) return;
    void store.getState().ask({ query, inputs: inputs(), files: [], shownFiles: [] });
  };
  const askInstead = (turn: Turn, query: string) => {
    void store.getState().ask({
      query,
      inputs: inputs(),
      files: turn.files.map((file) => ({
        type: file.type,
        transfer_method: 'local_file',
        upload_file_id: file.id,
      })),
      shownFiles: turn.files,
      insteadOf: turn.key,
    });
  };

  const regenerate = (turn: Turn) => askInstead(turn, turn.query);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={areaRef}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the conversation must be scrollable by keyboard.
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('chat.conversation')}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div className="mx-auto grid w-full max-w-180 gap-7 px-4 py-6 sm:px-6">
          {props.header}
          {props.opener ? (
            <div className="flex min-w-0 gap-3">
              {props.answerIcon}
              <div className="min-w-0 flex-1">
                <Markdown text={props.opener} />
                {path.length === 0 && props.openerQuestions ? (
                  <Suggestions items={props.openerQuestions} onPick={ask} />
                ) : null}
              </div>
            </div>
          ) : path.length === 0 ? (
            props.empty
          ) : null}
          {path.map(({ turn, siblings }, index) => (
            <TurnView
              key={turn.key}
              turn={turn}
              siblings={siblings}
              answerIcon={props.answerIcon}
              {...(props.asker ? { asker: props.asker } : {})}
              {...(props.extraActions ? { extraActions: props.extraActions } : {})}
              onRegenerate={busy ? undefined : regenerate}
              showSteps={props.showSteps ?? false}
              onAnswerForm={props.answerForm}
              upload={props.upload}
              onEdit={props.editable && !busy ? askInstead : undefined}
              onChoose={(changed, key) => store.getState().choose(changed.parentKey, key)}
              onRate={
                props.rateable
                  ? (rated, rating) =>
                      void store
                        .getState()
                        .rate(rated.key, rating)
                        .catch((error: unknown) => toast.error(describe(error)))
                  : undefined
              }
              onSuggestion={index === path.length - 1 && !busy ? ask : undefined}
            />
          ))}
        </div>
      </div>
      {atEnd ? null : (
        <Button
          size="sm"
          icon={<ArrowDown className="size-4" />}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 !rounded-full shadow-float"
          onClick={toEnd}
        >
          {t('chat.toLatest')}
        </Button>
      )}
      <Announcer store={store} />
    </div>
  );
}
