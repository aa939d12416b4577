import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { membersApi } from '../../api/members.ts';
import { type Workspace, workspaceQuery } from '../../api/session.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';

function NameForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [name, setName] = useState(workspace.name);
  const mayChange = workspace.role === 'owner' || workspace.role === 'admin';
  const rename = useMutation({
    mutationFn: () => membersApi.renameWorkspace(name.trim()),
    onSuccess: () => {
      toast.success(t('settings.saved'));
      void queryClient.invalidateQueries({ queryKey: workspaceQuery.queryKey });
    },
  });
  const changed = name.trim() !== '' && name.trim() !== workspace.name;
  return (
    <form
      className="grid gap-4 rounded-panel border bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) rename.mutate();
      }}
    >
      <Field
        label={t('settings.workspaceName')}
        help={mayChange ? undefined : t('settings.adminsOnly')}
        error={rename.error ? describe(rename.error) : undefined}
      >
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              value={name}
              maxLength={100}
              disabled={!mayChange}
              onChange={(event) => setName(event.target.value)}
            />
            <Button type="submit" variant="primary" disabled={!changed} loading={rename.isPending}>
              {t('common.save')}
            </Button>
          </div>
        )}
      </Field>
      <div className="flex items-center gap-1 text-sm text-ink-faint">
        {t('settings.workspaceId')} <code className="truncate font-mono">{workspace.id}</code>
        <CopyButton text={workspace.id} />
      </div>
    </form>
  );
}

/** The workspace itself. */
export function WorkspacePage() {
  const { t } = useTranslation();
  const { data: workspace } = useQuery(workspaceQuery);
  return (
    <div className="grid gap-5">
      <PageHeader title={t('settings.workspace')} description={t('settings.workspaceBody')} />
      {workspace ? <NameForm key={workspace.name} workspace={workspace} /> : <SkeletonLines />}
    </div>
  );
}
