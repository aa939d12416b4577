import {
  BrainCircuit,
  ChevronLeft,
  ChevronRight,
  CircleAlert,
  File as FileIcon,
  RefreshCw,
  ThumbsDown,
  ThumbsUp,
  Wrench,
} from 'lucide-react';
import { memo, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error.ts';
import type { AgentThought, Citation, MessageFile, Rating } from '../../api/messages.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { ProcessView } from '../process/process-view.tsx';
import type { UploadFile } from './files.ts';
import { Markdown } from './markdown.tsx';
import { QuestionView } from './question-view.tsx';
import { splitThinking, type Turn } from './turn.ts';
import { type AnswerForm, WaitingForms } from './waiting-forms.tsx';

/** Pictures as pictures, everything else by name. */
export function FileList({ files }: { files: readonly MessageFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.id}>
          <a href={file.url} target="_blank" rel="noreferrer" className="block">
            {file.type === 'image' ? (
              <img src={file.url} alt={file.filename ?? ''} className="max-h-48 rounded-panel border" />
            ) : (
              <span className="inline-flex items-center gap-2 rounded-control border bg-surface px-2.5 py-1.5 text-sm">
                <FileIcon aria-hidden="true" className="size-4 text-ink-faint" />
                {file.filename ?? file.id}
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Thinking({ text, open }: { text: string; open: boolean }) {
  const { t } = useTranslation();
  return (
    <details className="mb-3 rounded-panel border bg-sunken" open={open}>
      <summary className="flex cursor-pointer items-center gap-2 px-3 py-2 text-sm font-medium text-ink-soft">
        <BrainCircuit aria-hidden="true" className="size-4" />
        {open ? t('chat.thinking') : t('chat.thoughts')}
      </summary>
      <div className="px-3 pb-3 text-sm whitespace-pre-wrap text-ink-soft">{text}</div>
    </details>
  );
}

function ToolCalls({ thoughts }: { thoughts: readonly AgentThought[] }) {
  const { t } = useTranslation();
  const calls = thoughts.filter((thought) => thought.tool);
  if (calls.length === 0) return null;
  return (
    <div className="mb-3 grid gap-1.5">
      {calls.map((call) => (
        <details key={call.id} className="rounded-panel border bg-sunken">
          <summary className="flex cursor-pointer items-center gap-2 px-3 py-2 text-sm font-medium text-ink-soft">
            <Wrench aria-hidden="true" className="size-4" />
            {call.observation
              ? t('chat.toolUsed', { tool: call.tool })
              : t('chat.toolRunning', { tool: call.tool })}
          </summary>
          <pre className="overflow-x-auto px-3 pb-3 font-mono text-xs whitespace-pre-wrap text-ink-soft">
            {call.tool_input}
            {call.observation ? `\n\n${call.observation}` : ''}
          </pre>
        </details>
      ))}
    </div>
  );
}

function Citations({ citations }: { citations: readonly Citation[] }) {
  const { t } = useTranslation();
  if (citations.length === 0) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-1.5">
      <span className="text-xs text-ink-faint">{t('chat.sources')}</span>
      {citations.map((citation) => (
        <Popover
          key={`${citation.position}-${citation.document_id}`}
          align="start"
          label={citation.document_name}
          className="w-96"
          trigger={
            <button
              type="button"
              className="inline-flex max-w-56 items-center gap-1.5 rounded-control border bg-surface px-2 py-1 text-xs text-ink-soft hover:bg-hover"
            >
              <span className="tabular font-semibold text-accent-ink">{citation.position}</span>
              <span className="truncate">{citation.document_name}</span>
            </button>
          }
        >
          <div className="text-sm font-medium">{citation.document_name}</div>
          <div className="mb-2 text-xs text-ink-faint">{citation.dataset_name}</div>
          <p className="text-sm whitespace-pre-wrap text-ink-soft">{citation.content}</p>
        </Popover>
      ))}
    </div>
  );
}

/** Why an answer failed, with the way to try again. */
function TurnError({ error, onRetry }: { error: unknown; onRetry: (() => void) | undefined }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  return (
    <div
      role="alert"
      className="mt-2 flex flex-wrap items-center gap-2 rounded-panel bg-danger-soft px-3 py-2 text-base"
    >
      <CircleAlert aria-hidden="true" className="size-4 shrink-0 text-danger-ink" />
      <span className="min-w-0 flex-1 basis-40 break-words">{describe(error)}</span>
      {requestId ? <CopyButton text={requestId} label={t('common.copyRequestId')} /> : null}
      {onRetry ? (
        <Button size="sm" variant="ghost" icon={<RefreshCw className="size-3.5" />} onClick={onRetry}>
          {t('common.retry')}
        </Button>
      ) : null}
    </div>
  );
}

interface MessageActionsProps {
  readonly turn: Turn;
  readonly text: string;
  readonly siblings: readonly string[];
  readonly onRegenerate: (() => void) | undefined;
  readonly onChoose: (key: string) => void;
  readonly onRate: ((rating: Rating) => void) | undefined;
  readonly extra: ReactNode;
}

function MessageActions({
  turn,
  text,
  siblings,
  onRegenerate,
  onChoose,
  onRate,
  extra,
}: MessageActionsProps) {
  const { t } = useTranslation();
  const position = siblings.indexOf(turn.key);
  const previous = siblings[position - 1];
  const next = siblings[position + 1];
  return (
    <div className="-ms-1.5 mt-1.5 flex flex-wrap items-center gap-0.5">
      {siblings.length > 1 ? (
        <span className="tabular flex items-center text-xs text-ink-faint">
          <IconButton
            size="sm"
            label={t('chat.previousAnswer')}
            icon={<ChevronLeft className="rtl:rotate-180" />}
            disabled={!previous}
            onClick={() => previous && onChoose(previous)}
          />
          {position + 1}/{siblings.length}
          <IconButton
            size="sm"
            label={t('chat.nextAnswer')}
            icon={<ChevronRight className="rtl:rotate-180" />}
            disabled={!next}
            onClick={() => next && onChoose(next)}
          />
        </span>
      ) : null}
      <CopyButton text={text} label={t('chat.copyAnswer')} />
      {onRegenerate ? (
        <IconButton size="sm" label={t('chat.regenerate')} icon={<RefreshCw />} onClick={onRegenerate} />
      ) : null}
      {onRate && turn.messageId ? (
        <>
          <IconButton
            size="sm"
            label={t('chat.like')}
            aria-pressed={turn.rating === 'like'}
            icon={<ThumbsUp className={turn.rating === 'like' ? 'fill-current text-accent-ink' : ''} />}
            onClick={() => onRate(turn.rating === 'like' ? null : 'like')}
          />
          <IconButton
            size="sm"
            label={t('chat.dislike')}
            aria-pressed={turn.rating === 'dislike'}
            icon={<ThumbsDown className={turn.rating === 'dislike' ? 'fill-current text-danger-ink' : ''} />}
            onClick={() => onRate(turn.rating === 'dislike' ? null : 'dislike')}
          />
        </>
      ) : null}
      {extra}
    </div>
  );
}

/** Name and picture of the person who asks. */
export interface Asker {
  readonly userName: string | undefined;
  readonly userAvatarUrl: string | undefined;
}

interface TurnViewProps {
  readonly turn: Turn;
  readonly siblings: readonly string[];
  readonly answerIcon?: ReactNode;
  readonly asker?: Asker;
  /** More actions below the answer, such as the prompt log. */
  readonly extraActions?: (turn: Turn) => ReactNode;
  readonly onRegenerate?: ((turn: Turn) => void) | undefined;
  /** Asks a changed question in place of the turn's own. */
  readonly onEdit?: ((turn: Turn, query: string) => void) | undefined;
  readonly onChoose: (turn: Turn, key: string) => void;
  readonly onRate?: ((turn: Turn, rating: Rating) => void) | undefined;
  readonly onSuggestion?: ((text: string) => void) | undefined;
  /** Shows the steps of the graph that answers. */
  readonly showSteps?: boolean;
  /** Sends the answer to a form that the turn waits for; absent where it cannot be answered. */
  readonly onAnswerForm?: AnswerForm | undefined;
  readonly upload?: UploadFile | undefined;
}

function WaitingDots() {
  const { t } = useTranslation();
  return (
    <div className="flex h-6 items-center gap-1">
      <span className="sr-only">{t('chat.waiting')}</span>
      {['', '[animation-delay:200ms]', '[animation-delay:400ms]'].map((delay) => (
        <span
          key={delay}
          aria-hidden="true"
          className={cx('size-1.5 animate-pulse-soft rounded-full bg-ink-faint', delay)}
        />
      ))}
    </div>
  );
}

function AskerLine({ asker: { userName, userAvatarUrl } }: { asker: Asker }) {
  if (!userName && !userAvatarUrl) return null;
  return (
    <div className="flex items-center gap-2 text-sm text-ink-faint">
      {userName}
      <Avatar name={userName ?? ''} url={userAvatarUrl ?? null} className="!size-6" />
    </div>
  );
}

/** A question and its answer; redrawn only when its own turn changes. */
export const TurnView = memo(function TurnView(props: TurnViewProps) {
  const { turn, onRegenerate, onRate } = props;
  const { t } = useTranslation();
  const [suggestionsHidden, hideSuggestions] = useState(false);
  const { thinking, text, thinkingOpen } = splitThinking(turn.answer);
  const running = turn.status === 'waiting' || turn.status === 'streaming';
  return (
    <article className="grid gap-4" aria-label={t('chat.turn')}>
      <div className="ms-auto grid w-full max-w-[85%] justify-items-end gap-2">
        {props.asker ? <AskerLine asker={props.asker} /> : null}
        <FileList files={turn.files} />
        <QuestionView
          query={turn.query}
          onEdit={props.onEdit && turn.query ? (query) => props.onEdit?.(turn, query) : undefined}
        />
      </div>
      <div className="flex min-w-0 gap-3">
        {props.answerIcon}
        <div className="min-w-0 flex-1">
          {thinking ? <Thinking text={thinking} open={thinkingOpen} /> : null}
          <ToolCalls thoughts={turn.thoughts} />
          {props.showSteps && turn.process ? <ProcessView process={turn.process} className="mb-3" /> : null}
          {text ? (
            <Markdown text={text} streaming={running} />
          ) : running && !thinkingOpen ? (
            <WaitingDots />
          ) : turn.status === 'stopped' && !turn.answer ? (
            <p className="text-base text-ink-faint">{t('chat.stoppedEmpty')}</p>
          ) : null}
          {turn.process && turn.status === 'paused' ? (
            <WaitingForms forms={turn.process.forms} onAnswer={props.onAnswerForm} upload={props.upload} />
          ) : null}
          <FileList files={turn.answerFiles} />
          <Citations citations={turn.citations} />
          {turn.status === 'failed' ? (
            <TurnError error={turn.error} onRetry={onRegenerate && (() => onRegenerate(turn))} />
          ) : null}
          {running || turn.status === 'paused' ? null : (
            <MessageActions
              turn={turn}
              text={text}
              siblings={props.siblings}
              onRegenerate={onRegenerate && (() => onRegenerate(turn))}
              onChoose={(key) => props.onChoose(turn, key)}
              onRate={onRate && ((rating) => onRate(turn, rating))}
              extra={
                <>
                  {turn.status === 'stopped' && turn.answer ? (
                    <span className="px-1.5 text-xs text-ink-faint">{t('chat.stopped')}</span>
                  ) : null}
                  {props.extraActions?.(turn)}
                </>
              }
            />
          )}
          {props.onSuggestion && turn.suggestions.length > 0 && !suggestionsHidden ? (
            <Suggestions
              items={turn.suggestions}
              onPick={(suggestion) => {
                hideSuggestions(true);
                props.onSuggestion?.(suggestion);
              }}
            />
          ) : null}
        </div>
      </div>
    </article>
  );
});

/** Questions to pick instead of typing. */
export function Suggestions({ items, onPick }: { items: readonly string[]; onPick: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t('chat.suggestions')} className="mt-3 flex flex-wrap gap-2">
      {items.filter(Boolean).map((item) => (
        <li key={item}>
          <button
            type="button"
            onClick={() => onPick(item)}
            className="rounded-control border bg-surface px-3 py-1.5 text-start text-base text-ink-soft transition-colors duration-120 hover:border-accent hover:text-ink"
          >
            {item}
          </button>
        </li>
      ))}
    </ul>
  );
}
