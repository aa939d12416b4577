import { RefreshCw, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rating } from '../../api/messages.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Markdown } from './markdown.tsx';
import { splitThinking, type Turn } from './turn.ts';

/** The text of a generator, as it arrives and when it is there. */
export function ResultView({
  turn,
  onRetry,
  onRate,
  extra,
}: {
  turn: Turn;
  onRetry: (() => void) | undefined;
  onRate?: (rating: Rating) => void;
  extra?: ReactNode;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const running = turn.status === 'waiting' || turn.status === 'streaming';
  const { text, thinking, thinkingOpen } = splitThinking(turn.answer);
  return (
    <article className="rounded-panel border bg-surface p-4" aria-busy={running}>
      {thinking ? (
        <details className="mb-3 text-sm text-ink-soft" open={thinkingOpen}>
          <summary className="cursor-pointer">{t('chat.thoughts')}</summary>
          <div className="mt-2 whitespace-pre-wrap">{thinking}</div>
        </details>
      ) : null}
      {text ? <Markdown text={text} streaming={running} /> : running ? <SkeletonLines lines={4} /> : null}
      {turn.status === 'failed' ? (
        <Banner
          tone="danger"
          className="mt-3"
          action={
            onRetry ? (
              <Button size="sm" icon={<RefreshCw className="size-3.5" />} onClick={onRetry}>
                {t('common.retry')}
              </Button>
            ) : null
          }
        >
          {describe(turn.error)}
        </Banner>
      ) : null}
      {running ? null : (
        <div className="-ms-1.5 mt-2 flex flex-wrap items-center gap-0.5">
          {text ? <CopyButton text={text} label={t('chat.copyAnswer')} /> : null}
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
                icon={
                  <ThumbsDown className={turn.rating === 'dislike' ? 'fill-current text-danger-ink' : ''} />
                }
                onClick={() => onRate(turn.rating === 'dislike' ? null : 'dislike')}
              />
            </>
          ) : null}
          {extra}
          {turn.status === 'stopped' ? (
            <span className="px-1.5 text-xs text-ink-faint">{t('chat.stopped')}</span>
          ) : null}
        </div>
      )}
      <div role="status" className="sr-only">
        {turn.status === 'waiting' ? t('chat.waiting') : turn.status === 'done' ? t('chat.answered') : ''}
      </div>
    </article>
  );
}
