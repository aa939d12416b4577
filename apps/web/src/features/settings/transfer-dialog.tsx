import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Member, membersApi, membersQuery } from '../../api/members.ts';
import { systemFeaturesQuery, workspaceQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, PasswordInput } from '../../ui/input.tsx';
import { toast } from '../../ui/toast.tsx';

/** Hands the workspace to another member: proved by a code from the owner's mailbox, or by the password without mail. */
export function TransferDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const formId = useId();
  const queryClient = useQueryClient();
  const { data: features } = useQuery(systemFeaturesQuery);
  const byMail = features?.is_email_setup ?? false;
  const [proof, setProof] = useState('');
  const send = useMutation({ mutationFn: () => membersApi.sendTransferCode(language) });
  const transfer = useMutation({
    mutationFn: async () => {
      if (!byMail) return membersApi.transfer(member.id, { password: proof });
      const { token } = await membersApi.checkTransferCode({
        code: proof.trim(),
        token: send.data?.data ?? '',
      });
      return membersApi.transfer(member.id, { token });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: membersQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: workspaceQuery.queryKey });
      toast.success(t('settings.transferred', { name: member.name }));
      onClose();
    },
  });
  const needsCode = byMail && !send.isSuccess;
  const error = transfer.error ?? send.error;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="sm"
      title={t('settings.transferTitle', { name: member.name })}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          {needsCode ? (
            <Button variant="primary" loading={send.isPending} onClick={() => send.mutate()}>
              {t('settings.sendCode')}
            </Button>
          ) : (
            <Button
              type="submit"
              form={formId}
              variant="danger"
              disabled={proof === ''}
              loading={transfer.isPending}
            >
              {t('settings.transferAction')}
            </Button>
          )}
        </>
      }
    >
      <form
        id={formId}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!needsCode && proof !== '') transfer.mutate();
        }}
      >
        <p className="text-base text-ink-soft">{t('settings.transferBody', { name: member.name })}</p>
        {needsCode ? (
          <p className="text-base text-ink-soft">{t('settings.transferByMail')}</p>
        ) : byMail ? (
          <Field label={t('settings.code')}>
            {(control) => (
              <Input
                {...control}
                autoFocus
                inputMode="numeric"
                autoComplete="one-time-code"
                value={proof}
                onChange={(event) => setProof(event.target.value)}
              />
            )}
          </Field>
        ) : (
          <Field label={t('settings.currentPassword')}>
            {(control) => (
              <PasswordInput
                {...control}
                autoFocus
                autoComplete="current-password"
                value={proof}
                onChange={(event) => setProof(event.target.value)}
              />
            )}
          </Field>
        )}
        {error ? <Banner tone="danger">{describe(error)}</Banner> : null}
      </form>
    </Dialog>
  );
}
