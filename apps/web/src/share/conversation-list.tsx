import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MessageSquarePlus, MoreHorizontal, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../api/messages.ts';
import { cx } from '../lib/cx.ts';
import { useErrorText } from '../lib/error-text.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { Menu } from '../ui/menu.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';
import { useShare } from './share-context.ts';

/** The visitor's conversations, pinned and recent. */
export function useConversations() {
  const { api } = useShare();
  const pinned = useQuery({ queryKey: ['conversations', 'pinned'], queryFn: () => api.conversations(true) });
  const recent = useQuery({ queryKey: ['conversations', 'recent'], queryFn: () => api.conversations(false) });
  const pinnedIds = new Set(pinned.data?.data.map((conversation) => conversation.id));
  return {
    pinned: pinned.data?.data ?? [],
    recent: (recent.data?.data ?? []).filter((conversation) => !pinnedIds.has(conversation.id)),
    loading: pinned.isPending || recent.isPending,
    error: pinned.error ?? recent.error,
    refetch: () => Promise.all([pinned.refetch(), recent.refetch()]),
  };
}

function RenameDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useShare();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [name, setName] = useState(conversation.name);
  const rename = useMutation({
    mutationFn: () => api.nameConversation(conversation.id, name.trim()),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['conversations'] });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="sm"
      title={t('share.rename')}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) rename.mutate();
        }}
      >
        <Field label={t('share.name')} error={rename.error ? describe(rename.error) : undefined}>
          {(control) => (
            <Input
              {...control}
              autoFocus
              value={name}
              maxLength={255}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          variant="primary"
          className="justify-self-end"
          disabled={!name.trim()}
          loading={rename.isPending}
        >
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  );
}

interface ItemProps {
  readonly conversation: Conversation;
  readonly pinned: boolean;
  readonly current: boolean;
  readonly onOpen: (id: string) => void;
  readonly onRemoved: (id: string) => void;
}

function ConversationItem({ conversation, pinned, current, onOpen, onRemoved }: ItemProps) {
  const { t } = useTranslation();
  const { api } = useShare();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<'rename' | 'remove'>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['conversations'] });
  const pin = useMutation({
    mutationFn: () => api.pinConversation(conversation.id, !pinned),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const remove = useMutation({
    mutationFn: () => api.removeConversation(conversation.id),
    onSuccess: async () => {
      setDialog(undefined);
      onRemoved(conversation.id);
      await refresh();
    },
  });
  const name = conversation.name || t('share.newConversation');
  return (
    <li className={cx('group flex items-center rounded-control hover:bg-hover', current && 'bg-selected')}>
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={() => onOpen(conversation.id)}
        className="min-w-0 flex-1 truncate rounded-control px-2.5 py-1.5 text-start text-base"
      >
        {name}
      </button>
      <Menu
        trigger={
          <IconButton
            size="sm"
            label={t('share.conversationMenu', { name })}
            icon={<MoreHorizontal />}
            className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-popup-open:opacity-100 pointer-coarse:opacity-100"
          />
        }
        groups={[
          {
            key: 'change',
            entries: [
              {
                key: 'pin',
                label: pinned ? t('share.unpin') : t('share.pin'),
                icon: pinned ? <PinOff /> : <Pin />,
                onSelect: () => pin.mutate(),
              },
              {
                key: 'rename',
                label: t('share.rename'),
                icon: <Pencil />,
                onSelect: () => setDialog('rename'),
              },
            ],
          },
          {
            key: 'remove',
            entries: [
              {
                key: 'remove',
                label: t('common.delete'),
                icon: <Trash2 />,
                danger: true,
                onSelect: () => setDialog('remove'),
              },
            ],
          },
        ]}
      />
      {dialog === 'rename' ? (
        <RenameDialog conversation={conversation} onClose={() => setDialog(undefined)} />
      ) : null}
      <ConfirmDialog
        open={dialog === 'remove'}
        onOpenChange={() => setDialog(undefined)}
        title={t('share.removeTitle')}
        body={t('share.removeBody', { name })}
        confirmLabel={t('common.delete')}
        danger
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

/** The list at the side: a new conversation, the pinned ones, the recent ones. */
export function ConversationList({
  currentId,
  onOpen,
  onNew,
  onRemoved,
}: {
  currentId: string | undefined;
  onOpen: (id: string) => void;
  onNew: () => void;
  onRemoved: (id: string) => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { pinned, recent, loading, error, refetch } = useConversations();
  const section = (title: string, items: readonly Conversation[], isPinned: boolean) =>
    items.length === 0 ? null : (
      <section aria-label={title}>
        <h2 className="px-2.5 pt-3 pb-1 text-xs font-medium text-ink-faint">{title}</h2>
        <ul>
          {items.map((conversation) => (
            <ConversationItem
              key={conversation.id}
              conversation={conversation}
              pinned={isPinned}
              current={conversation.id === currentId}
              onOpen={onOpen}
              onRemoved={onRemoved}
            />
          ))}
        </ul>
      </section>
    );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Button className="mx-0 w-full" icon={<MessageSquarePlus className="size-4" />} onClick={onNew}>
        {t('share.newChat')}
      </Button>
      <div className="-mx-1 mt-1 min-h-0 flex-1 overflow-y-auto px-1 pb-4">
        {error ? (
          <div role="alert" className="grid gap-2 px-2.5 pt-4 text-sm text-danger-ink">
            {describe(error)}
            <Button size="sm" onClick={() => void refetch()}>
              {t('common.retry')}
            </Button>
          </div>
        ) : loading ? (
          <SkeletonLines lines={5} className="px-2.5 pt-4" />
        ) : (
          <>
            {section(t('share.pinned'), pinned, true)}
            {section(t('share.recent'), recent, false)}
            {pinned.length + recent.length === 0 ? (
              <p className="px-2.5 pt-4 text-sm text-ink-faint">{t('share.noConversations')}</p>
            ) : null}
          </>
        )}
      </div>
    </div>
  );
}
