import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, ScrollText, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  conversationQuery,
  type LogKind,
  type LogMessage,
  logMessagesQuery,
  rateAsOperator,
} from '../../api/logs.ts';
import type { Rating } from '../../api/messages.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatNumber, formatPrice, formatSeconds } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { Markdown } from '../chat/markdown.tsx';
import { FileList } from '../chat/message-view.tsx';
import { splitThinking } from '../chat/turn.ts';
import { TraceButton } from '../runs/trace-button.tsx';
import { PromptLog } from '../studio/prompt-log.tsx';

function OperatorRating({ appId, message }: { appId: string; message: LogMessage }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const current = message.feedbacks?.find((feedback) => feedback.from_source === 'admin')?.rating ?? null;
  const rate = useMutation({
    mutationFn: (rating: Rating) => rateAsOperator(appId, message.id, rating),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['app', appId, 'log-messages'] });
      void queryClient.invalidateQueries({ queryKey: ['app', appId, 'logs'] });
    },
    onError: (error) => toast.error(describe(error)),
  });
  const shown = rate.isPending ? rate.variables : current;
  return (
    <>
      <IconButton
        size="sm"
        label={t('logs.operatorLike')}
        aria-pressed={shown === 'like'}
        icon={<ThumbsUp className={shown === 'like' ? 'fill-current text-accent-ink' : ''} />}
        onClick={() => rate.mutate(shown === 'like' ? null : 'like')}
      />
      <IconButton
        size="sm"
        label={t('logs.operatorDislike')}
        aria-pressed={shown === 'dislike'}
        icon={<ThumbsDown className={shown === 'dislike' ? 'fill-current text-danger-ink' : ''} />}
        onClick={() => rate.mutate(shown === 'dislike' ? null : 'dislike')}
      />
    </>
  );
}

function LogTurn({
  appId,
  message,
  onPrompt,
}: {
  appId: string;
  message: LogMessage;
  onPrompt: (messageId: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { thinking, text } = splitThinking(message.answer);
  const feedback = message.feedbacks?.find((item) => item.from_source === 'user');
  return (
    <article className="grid gap-3" aria-label={t('chat.turn')}>
      {message.query ? (
        <div className="ms-auto grid max-w-[85%] justify-items-end gap-2">
          <FileList files={message.message_files.filter((file) => file.belongs_to !== 'assistant')} />
          <div className="rounded-panel bg-selected px-3.5 py-2 text-base break-words whitespace-pre-wrap">
            {message.query}
          </div>
        </div>
      ) : null}
      <div className="min-w-0">
        {thinking ? (
          <details className="mb-2 rounded-panel border bg-sunken px-3 py-2 text-sm text-ink-soft">
            <summary className="cursor-pointer">{t('chat.thoughts')}</summary>
            <div className="mt-2 whitespace-pre-wrap">{thinking}</div>
          </details>
        ) : null}
        <Markdown text={text} />
        {message.status === 'error' ? (
          <p className="mt-2 rounded-panel bg-danger-soft px-3 py-2 text-base text-danger-ink">
            {message.error || t('chat.failed')}
          </p>
        ) : null}
        {feedback?.rating ? (
          <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-ink-soft">
            <Badge tone={feedback.rating === 'like' ? 'success' : 'danger'}>
              {feedback.rating === 'like' ? <ThumbsUp /> : <ThumbsDown />}
              {t('logs.userRating')}
            </Badge>
            {feedback.content}
          </p>
        ) : null}
        <div className="-ms-1.5 mt-1 flex flex-wrap items-center gap-0.5">
          <CopyButton text={text} label={t('chat.copyAnswer')} />
          {message.workflow_run_id ? null : (
            <IconButton
              size="sm"
              label={t('studio.promptLog')}
              icon={<ScrollText />}
              onClick={() => onPrompt(message.id)}
            />
          )}
          {message.workflow_run_id ? <TraceButton appId={appId} runId={message.workflow_run_id} /> : null}
          <OperatorRating appId={appId} message={message} />
          <span className="tabular ms-1.5 text-xs text-ink-faint">
            {[
              t('studio.tokens', {
                count: message.message_tokens + message.answer_tokens,
                formatted: formatNumber(message.message_tokens + message.answer_tokens, language),
              }),
              formatSeconds(message.provider_response_latency, language),
              ...(message.total_price === null
                ? []
                : [formatPrice(message.total_price, message.currency ?? 'USD', language)]),
            ].join(' · ')}
          </span>
        </div>
      </div>
    </article>
  );
}

function Messages({ appId, id }: { appId: string; id: string }) {
  const { t } = useTranslation();
  const [prompted, setPrompted] = useState<string>();
  const messages = useInfiniteQuery(logMessagesQuery(appId, id));
  if (messages.error) return <ErrorState error={messages.error} onRetry={() => void messages.refetch()} />;
  if (messages.isPending) return <SkeletonLines lines={8} />;
  const all = messages.data.pages.toReversed().flatMap((page) => page.data);
  return (
    <div className="grid gap-7">
      {messages.hasNextPage ? (
        <Button
          size="sm"
          className="justify-self-center"
          loading={messages.isFetchingNextPage}
          onClick={() => void messages.fetchNextPage()}
        >
          {t('logs.older')}
        </Button>
      ) : null}
      {all.map((message) => (
        <LogTurn key={message.id} appId={appId} message={message} onPrompt={setPrompted} />
      ))}
      {prompted ? (
        <PromptLog appId={appId} messageId={prompted} onClose={() => setPrompted(undefined)} />
      ) : null}
    </div>
  );
}

/** One conversation with everything that is known about it; `J` and `K` go to the next and the one before. */
export function ConversationDrawer({
  appId,
  kind,
  id,
  previousId,
  nextId,
  onOpen,
  onClose,
}: {
  appId: string;
  kind: LogKind;
  id: string;
  previousId: string | undefined;
  nextId: string | undefined;
  onOpen: (id: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const conversation = useQuery(conversationQuery(appId, kind, id));
  const loaded = conversation.isSuccess;

  useEffect(() => {
    // Opening marked it as read on the server.
    if (loaded) void queryClient.invalidateQueries({ queryKey: ['app', appId, 'logs'] });
  }, [loaded, appId, queryClient]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === 'j' && nextId) onOpen(nextId);
      if (event.key === 'k' && previousId) onOpen(previousId);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [nextId, previousId, onOpen]);

  const detail = conversation.data;
  const inputs = Object.entries(detail?.inputs ?? detail?.message?.inputs ?? {});
  const model = detail?.model_config?.model;
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={detail?.name || detail?.summary || t('logs.conversation')}
      description={
        <span className="flex items-center gap-1">
          <code className="truncate font-mono text-xs">{id}</code>
          <CopyButton text={id} label={t('logs.copyId')} />
        </span>
      }
      actions={
        <>
          <IconButton
            size="sm"
            label={t('logs.previous')}
            shortcut="K"
            icon={<ChevronUp />}
            disabled={!previousId}
            onClick={() => previousId && onOpen(previousId)}
          />
          <IconButton
            size="sm"
            label={t('logs.next')}
            shortcut="J"
            icon={<ChevronDown />}
            disabled={!nextId}
            onClick={() => nextId && onOpen(nextId)}
          />
        </>
      }
    >
      {conversation.error ? (
        <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
      ) : !detail ? (
        <SkeletonLines lines={8} />
      ) : (
        <div className="grid gap-6">
          <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2">
            <div className="flex gap-2">
              <dt className="text-ink-faint">{t('logs.user')}</dt>
              <dd className="truncate">
                {detail.from_account_name ?? detail.from_end_user_session_id ?? '–'}
              </dd>
            </div>
            <div className="flex gap-2">
              <dt className="text-ink-faint">{t('logs.created')}</dt>
              <dd>
                <RelativeTime at={detail.created_at} />
              </dd>
            </div>
            {model ? (
              <div className="flex gap-2">
                <dt className="text-ink-faint">{t('studio.model')}</dt>
                <dd className="truncate">{model.name}</dd>
              </div>
            ) : null}
            {inputs.map(([name, value]) => (
              <div key={name} className="flex gap-2">
                <dt className="font-mono text-ink-faint">{name}</dt>
                <dd className="truncate">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
          {detail.introduction ? (
            <div className="border-t pt-5">
              <Markdown text={detail.introduction} />
            </div>
          ) : null}
          <div className="border-t pt-5">
            <Messages appId={appId} id={id} />
          </div>
        </div>
      )}
    </Drawer>
  );
}
