import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Bookmark, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '../features/chat/markdown.tsx';
import { splitThinking } from '../features/chat/turn.ts';
import { useErrorText } from '../lib/error-text.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';
import { useShare } from './share-context.ts';

const key = ['saved'];

/** Texts that the visitor kept. */
export function SavedTexts() {
  const { t } = useTranslation();
  const { api } = useShare();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const saved = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => api.saved(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.data.at(-1)?.id : undefined),
    // What was kept a moment ago must be there.
    staleTime: 0,
  });
  const remove = useMutation({
    mutationFn: api.unsave,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
    onError: (error) => toast.error(describe(error)),
  });
  const texts = saved.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <main className="mx-auto grid w-full max-w-180 flex-1 content-start gap-4 p-5 sm:p-7">
      <h2 className="sr-only">{t('share.tab_saved')}</h2>
      {saved.error ? (
        <ErrorState error={saved.error} onRetry={() => void saved.refetch()} />
      ) : saved.isPending ? (
        <SkeletonLines lines={6} />
      ) : texts.length === 0 ? (
        <EmptyState icon={<Bookmark />} title={t('share.noSaved')}>
          {t('share.noSavedBody')}
        </EmptyState>
      ) : (
        <ul className="grid gap-4">
          {texts.map((item) => {
            const { text } = splitThinking(item.answer);
            return (
              <li key={item.id} className="rounded-panel border bg-surface p-4">
                <Markdown text={text} />
                <div className="-ms-1.5 mt-2 flex gap-0.5">
                  <CopyButton text={text} label={t('chat.copyAnswer')} />
                  <IconButton
                    size="sm"
                    label={t('share.removeSaved')}
                    icon={<Trash2 />}
                    onClick={() => remove.mutate(item.id)}
                  />
                </div>
              </li>
            );
          })}
        </ul>
      )}
      {saved.hasNextPage ? (
        <Button
          className="justify-self-center"
          loading={saved.isFetchingNextPage}
          onClick={() => void saved.fetchNextPage()}
        >
          {t('share.more')}
        </Button>
      ) : null}
    </main>
  );
}
