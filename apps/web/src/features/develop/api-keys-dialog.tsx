import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ApiKey, apiKeysQuery, appsApi } from '../../api/apps.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { CallbackSecret } from './callback-secret.tsx';

/** The server refuses more keys than this per app. */
const maxKeys = 10;

function NewKey({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="grid gap-2 rounded-panel border border-accent bg-accent-soft p-3">
      <p className="text-base font-medium">{t('develop.newKey')}</p>
      <div className="flex items-center gap-1 rounded-control border bg-surface ps-3 pe-1">
        <code className="min-w-0 flex-1 py-2 font-mono text-sm break-all">{apiKey.token}</code>
        <CopyButton text={apiKey.token} label={t('develop.copyKey')} />
      </div>
      <p className="text-sm text-ink-soft">{t('develop.newKeyHelp')}</p>
    </div>
  );
}

/** The keys of an app: made here, whole once, masked ever after. */
export function ApiKeysDialog({
  appId,
  withCallbacks,
  onClose,
}: {
  appId: string;
  /** Workflows call programs back at their end. */
  withCallbacks: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const keys = useQuery(apiKeysQuery(appId));
  const [removing, setRemoving] = useState<ApiKey>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: apiKeysQuery(appId).queryKey });
  const create = useMutation({ mutationFn: () => appsApi.createKey(appId), onSuccess: refresh });
  const remove = useMutation({
    mutationFn: (key: ApiKey) => appsApi.removeKey(appId, key.id),
    onSuccess: async (_answer, key) => {
      await refresh();
      setRemoving(undefined);
      if (create.data?.id === key.id) create.reset();
    },
  });
  const list = keys.data?.data ?? [];
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="lg"
      title={t('develop.keys')}
      description={t('develop.keysBody')}
      footer={
        <Button
          variant="primary"
          icon={<Plus className="size-4" />}
          disabled={list.length >= maxKeys || keys.isPending}
          loading={create.isPending}
          onClick={() => create.mutate()}
        >
          {t('develop.createKey')}
        </Button>
      }
    >
      <div className="grid gap-4">
        {create.data ? <NewKey apiKey={create.data} /> : null}
        {create.error ? <Banner tone="danger">{describe(create.error)}</Banner> : null}
        {list.length >= maxKeys ? (
          <Banner tone="info">{t('develop.keyLimit', { max: maxKeys })}</Banner>
        ) : null}
        {keys.error ? (
          <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />
        ) : keys.isPending ? (
          <SkeletonLines lines={3} />
        ) : list.length === 0 ? (
          <EmptyState icon={<KeyRound />} title={t('develop.noKeys')}>
            {t('develop.noKeysBody')}
          </EmptyState>
        ) : (
          <ul className="divide-y rounded-panel border">
            {list.map((key) => (
              <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-0.5 py-2 ps-3 pe-1.5">
                <code className="min-w-40 flex-1 truncate font-mono text-sm">{key.token}</code>
                <span className="text-sm text-ink-faint">
                  {t('develop.created')} <RelativeTime at={key.created_at} />
                </span>
                <span className="text-sm text-ink-faint">
                  {key.last_used_at ? (
                    <>
                      {t('develop.lastUsed')} <RelativeTime at={key.last_used_at} />
                    </>
                  ) : (
                    t('develop.neverUsed')
                  )}
                </span>
                <IconButton
                  size="sm"
                  label={t('develop.deleteKey', { key: key.token.slice(-4) })}
                  icon={<Trash2 />}
                  onClick={() => setRemoving(key)}
                />
              </li>
            ))}
          </ul>
        )}
        {withCallbacks ? <CallbackSecret appId={appId} /> : null}
      </div>
      <ConfirmDialog
        open={removing !== undefined}
        onOpenChange={() => setRemoving(undefined)}
        title={t('develop.deleteKey', { key: removing?.token.slice(-4) ?? '' })}
        body={t('develop.deleteKeyBody')}
        confirmLabel={t('common.delete')}
        danger
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => removing && remove.mutate(removing)}
      />
    </Dialog>
  );
}
