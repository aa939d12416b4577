import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal, UserPlus } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type InvitationResult, type Member, membersApi, membersQuery } from '../../api/members.ts';
import { profileQuery, type Role, systemFeaturesQuery, workspaceQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Textarea } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { emailPattern } from '../auth/rules.ts';
import { TransferDialog } from './transfer-dialog.tsx';

/** Roles that can be given; the owner's only changes by transfer. */
const assignableRoles = ['admin', 'editor', 'normal'] as const satisfies readonly Role[];

function InvitationResults({ results }: { results: readonly InvitationResult[] }) {
  const { t } = useTranslation();
  return (
    <ul className="grid gap-3">
      {results.map((result) => (
        <li key={result.email} className="rounded-panel border p-3">
          <div className="flex items-center gap-2">
            <span className="min-w-0 flex-1 truncate text-base font-medium">{result.email}</span>
            {result.status === 'success' ? (
              <Badge tone="success">{t('settings.invited')}</Badge>
            ) : (
              <Badge tone="danger">{t('settings.notInvited')}</Badge>
            )}
          </div>
          {result.status === 'success' ? (
            <div className="mt-1.5 flex items-center gap-1 text-sm text-ink-soft">
              <code className="min-w-0 flex-1 truncate font-mono">{result.url}</code>
              <CopyButton text={result.url} label={t('settings.copyInvitation', { email: result.email })} />
            </div>
          ) : (
            <p className="mt-1 text-sm text-danger-ink">{result.message}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const formId = useId();
  const queryClient = useQueryClient();
  const { data: features } = useQuery(systemFeaturesQuery);
  const [text, setText] = useState('');
  const [role, setRole] = useState<(typeof assignableRoles)[number]>('editor');
  const [submitted, setSubmitted] = useState(false);
  const emails = text.split(/[\s,;]+/).filter(Boolean);
  const wrong = emails.filter((email) => !emailPattern.test(email));
  const invite = useMutation({
    mutationFn: () => membersApi.invite({ emails, role, language }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['members'] }),
  });
  const error =
    submitted && emails.length === 0
      ? t('auth.emailRequired')
      : submitted && wrong.length > 0
        ? t('settings.wrongEmails', { emails: wrong.join(', ') })
        : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('settings.invite')}
      footer={
        invite.data ? (
          <Button variant="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="submit" form={formId} variant="primary" loading={invite.isPending}>
              {t('settings.inviteAction')}
            </Button>
          </>
        )
      }
    >
      {invite.data ? (
        <div className="grid gap-3">
          <p className="text-base text-ink-soft">{t('settings.inviteLinks')}</p>
          <InvitationResults results={invite.data.invitation_results} />
        </div>
      ) : (
        <form
          id={formId}
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            setSubmitted(true);
            if (emails.length > 0 && wrong.length === 0) invite.mutate();
          }}
        >
          {features && !features.is_email_setup ? <Banner tone="info">{t('settings.noMail')}</Banner> : null}
          <Field label={t('settings.emails')} required help={t('settings.emailsHelp')} error={error}>
            {(control) => (
              <Textarea
                {...control}
                autoFocus
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('settings.role')}>
            {({ id }) => (
              <Select
                id={id}
                value={role}
                onValueChange={setRole}
                options={assignableRoles.map((value) => ({
                  value,
                  label: t(`settings.role_${value}`),
                  description: t(`settings.roleHelp_${value}`),
                }))}
              />
            )}
          </Field>
          {invite.error ? <Banner tone="danger">{describe(invite.error)}</Banner> : null}
        </form>
      )}
    </Dialog>
  );
}

function MemberMenu({ member, isOwner }: { member: Member; isOwner: boolean }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [transferring, setTransferring] = useState(false);
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['members'] });
  const setRole = useMutation({
    mutationFn: (role: Role) => membersApi.setRole(member.id, role),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const remove = useMutation({
    mutationFn: () => membersApi.remove(member.id),
    onSuccess: () => {
      setRemoving(false);
      refresh();
    },
  });
  return (
    <>
      <Menu
        trigger={
          <IconButton
            size="sm"
            label={t('settings.memberMenu', { name: member.name })}
            icon={<MoreHorizontal />}
          />
        }
        groups={[
          {
            key: 'role',
            label: t('settings.role'),
            entries: assignableRoles.map((role) => ({
              key: role,
              label: t(`settings.role_${role}`),
              checked: member.role === role,
              onSelect: () => setRole.mutate(role),
            })),
          },
          {
            key: 'transfer',
            entries:
              isOwner && member.status === 'active'
                ? [
                    {
                      key: 'transfer',
                      label: t('settings.transfer'),
                      onSelect: () => setTransferring(true),
                    },
                  ]
                : [],
          },
          {
            key: 'remove',
            entries: [
              {
                key: 'remove',
                label: t('settings.removeMember'),
                danger: true,
                onSelect: () => setRemoving(true),
              },
            ],
          },
        ]}
      />
      {transferring ? <TransferDialog member={member} onClose={() => setTransferring(false)} /> : null}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t('settings.removeMemberTitle', { name: member.name })}
        body={t('settings.removeMemberBody')}
        confirmLabel={t('settings.removeMember')}
        danger
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

/** Who works in this workspace, and as what. */
export function MembersPage() {
  const { t } = useTranslation();
  const members = useQuery(membersQuery);
  const { data: workspace } = useQuery(workspaceQuery);
  const { data: profile } = useQuery(profileQuery);
  const [inviting, setInviting] = useState(false);
  const mayChange = workspace?.role === 'owner' || workspace?.role === 'admin';
  return (
    <div className="grid gap-5">
      <PageHeader
        title={t('settings.members')}
        description={t('settings.membersBody')}
        action={
          mayChange ? (
            <Button
              variant="primary"
              icon={<UserPlus className="size-4" />}
              onClick={() => setInviting(true)}
            >
              {t('settings.invite')}
            </Button>
          ) : null
        }
      />
      {members.error ? (
        <ErrorState error={members.error} onRetry={() => void members.refetch()} />
      ) : (
        <DataTable
          label={t('settings.members')}
          rows={members.data?.accounts}
          rowKey={(member) => member.id}
          skeletonRows={4}
          columns={[
            {
              key: 'name',
              title: t('settings.memberName'),
              cell: (member) => (
                <span className="flex items-center gap-2.5">
                  <Avatar name={member.name} url={member.avatar_url} />
                  <span className="min-w-0">
                    <span className="flex items-center gap-1.5 text-base font-medium">
                      <span className="truncate">{member.name}</span>
                      {member.id === profile?.id ? <Badge>{t('settings.you')}</Badge> : null}
                      {member.status === 'pending' ? (
                        <Badge tone="warning">{t('settings.pending')}</Badge>
                      ) : null}
                    </span>
                    <span className="block truncate text-sm text-ink-faint">{member.email}</span>
                  </span>
                </span>
              ),
            },
            { key: 'role', title: t('settings.role'), cell: (member) => t(`settings.role_${member.role}`) },
            {
              key: 'active',
              title: t('settings.lastActive'),
              cell: (member) =>
                member.last_active_at ? <RelativeTime at={member.last_active_at} /> : <span>–</span>,
            },
          ]}
          {...(mayChange
            ? {
                rowActions: (member: Member) =>
                  member.role === 'owner' || member.id === profile?.id ? null : (
                    <MemberMenu member={member} isOwner={workspace?.role === 'owner'} />
                  ),
              }
            : {})}
        />
      )}
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </div>
  );
}
