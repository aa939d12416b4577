import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appsApi, callbackSecretQuery } from '../../api/apps.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** Leading characters that are shown; whoever needs the rest copies it. */
const shownLength = 10;

/** The secret by which programs know that a callback is genuine, with the way to a new one. */
export function CallbackSecret({ appId }: { appId: string }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const secret = useQuery(callbackSecretQuery(appId));
  const [asking, setAsking] = useState(false);
  const rotate = useMutation({
    mutationFn: () => appsApi.rotateCallbackSecret(appId),
    onSuccess: (answer) => {
      queryClient.setQueryData(callbackSecretQuery(appId).queryKey, answer);
      setAsking(false);
    },
  });
  if (secret.error) return <ErrorState error={secret.error} onRetry={() => void secret.refetch()} />;
  return (
    <section aria-label={t('develop.callbackSecret')} className="grid gap-2 border-t pt-4">
      <h3 className="text-base font-semibold">{t('develop.callbackSecret')}</h3>
      <p className="text-sm text-ink-soft">{t('develop.callbackSecretBody')}</p>
      {secret.data ? (
        <>
          <div className="flex items-center gap-1 rounded-control border bg-sunken ps-3 pe-1">
            <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-sm">
              {secret.data.secret.slice(0, shownLength)}••••••••
            </code>
            <CopyButton text={secret.data.secret} label={t('develop.copyCallbackSecret')} />
            <IconButton
              size="sm"
              label={t('develop.rotateCallbackSecret')}
              icon={<RefreshCw />}
              onClick={() => setAsking(true)}
            />
          </div>
          {secret.data.previous_valid_until === null ? null : (
            <p className="text-sm text-ink-faint">
              {t('develop.previousSecretUntil')} <RelativeTime at={secret.data.previous_valid_until} />
            </p>
          )}
        </>
      ) : (
        <SkeletonLines lines={1} />
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('develop.rotateCallbackSecret')}
        body={t('develop.rotateCallbackSecretBody')}
        confirmLabel={t('develop.rotate')}
        pending={rotate.isPending}
        error={rotate.error ? describe(rotate.error) : undefined}
        onConfirm={() => rotate.mutate()}
      />
    </section>
  );
}
