import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Copy, FileDown, Pencil, Tags, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppSummary, appsApi, buildPage, tagsQuery } from '../../api/apps.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/input.tsx';
import type { MenuGroup } from '../../ui/menu.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { IdentityDialog, identityOf } from './identity-dialog.tsx';

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function TagsDialog({ app, onClose }: { app: AppSummary; onClose: () => void }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const tags = useQuery(tagsQuery);
  const [bound, setBound] = useState(() => new Set(app.tags.map((tag) => tag.id)));
  const [name, setName] = useState('');
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ['apps'] });
    void queryClient.invalidateQueries({ queryKey: ['tags'] });
  };
  const toggle = useMutation({
    mutationFn: ({ id, on }: { id: string; on: boolean }) =>
      on ? appsApi.bindTag(app.id, id) : appsApi.unbindTag(app.id, id),
    onSuccess: (_answer, { id, on }) => {
      setBound((previous) => {
        const next = new Set(previous);
        if (on) next.add(id);
        else next.delete(id);
        return next;
      });
      refresh();
    },
    onError: (error) => toast.error(describe(error)),
  });
  const create = useMutation({
    mutationFn: (text: string) => appsApi.createTag(text),
    onSuccess: (tag) => {
      setName('');
      refresh();
      toggle.mutate({ id: tag.id, on: true });
    },
    onError: (error) => toast.error(describe(error)),
  });
  return (
    <Dialog open onOpenChange={onClose} title={t('apps.editTags')} size="sm">
      <div className="grid gap-3">
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) create.mutate(name.trim());
          }}
        >
          <Input
            value={name}
            maxLength={50}
            aria-label={t('apps.newTag')}
            placeholder={t('apps.newTag')}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
            {t('common.add')}
          </Button>
        </form>
        {tags.isPending ? <SkeletonLines /> : null}
        {tags.data?.map((tag) => (
          <Checkbox
            key={tag.id}
            label={tag.name}
            checked={bound.has(tag.id)}
            onCheckedChange={(on) => toggle.mutate({ id: tag.id, on })}
          />
        ))}
        {tags.data?.length === 0 ? <p className="text-base text-ink-faint">{t('apps.noTags')}</p> : null}
      </div>
    </Dialog>
  );
}

/** What can be done with an app from its card and header: the menu's groups and the dialogs that they open. */
export function useAppActions(app: AppSummary): { groups: MenuGroup[]; dialogs: ReactNode } {
  const { t } = useTranslation();
  const describe = useErrorText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'copy' | 'tags' | 'delete'>();
  const close = () => setOpen(undefined);
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ['apps'] });
    void queryClient.invalidateQueries({ queryKey: ['app', app.id] });
  };
  const exportFile = useMutation({
    mutationFn: () => appsApi.exportFile(app.id),
    onSuccess: ({ data }) => download(`${app.name}.yml`, data),
    onError: (error) => toast.error(describe(error)),
  });
  const remove = useMutation({
    mutationFn: () => appsApi.remove(app.id),
    onSuccess: async () => {
      close();
      toast.success(t('apps.deleted', { name: app.name }));
      await navigate({ to: '/apps' });
      queryClient.removeQueries({ queryKey: ['app', app.id] });
      void queryClient.invalidateQueries({ queryKey: ['apps'] });
    },
  });
  const groups: MenuGroup[] = [
    {
      key: 'change',
      entries: [
        { key: 'edit', label: t('apps.editInfo'), icon: <Pencil />, onSelect: () => setOpen('edit') },
        { key: 'tags', label: t('apps.editTags'), icon: <Tags />, onSelect: () => setOpen('tags') },
        { key: 'copy', label: t('apps.duplicate'), icon: <Copy />, onSelect: () => setOpen('copy') },
        { key: 'export', label: t('apps.export'), icon: <FileDown />, onSelect: () => exportFile.mutate() },
      ],
    },
    {
      key: 'danger',
      entries: [
        {
          key: 'delete',
          label: t('apps.delete'),
          icon: <Trash2 />,
          danger: true,
          onSelect: () => setOpen('delete'),
        },
      ],
    },
  ];
  const dialogs = (
    <>
      {open === 'edit' ? (
        <IdentityDialog
          title={t('apps.editInfo')}
          action={t('common.save')}
          initial={identityOf(app)}
          save={(identity) => appsApi.update(app.id, identity)}
          onSaved={() => {
            refresh();
            close();
          }}
          onClose={close}
        />
      ) : null}
      {open === 'copy' ? (
        <IdentityDialog
          title={t('apps.duplicate')}
          action={t('apps.duplicate')}
          initial={{ ...identityOf(app), name: t('apps.copyName', { name: app.name }).slice(0, 40) }}
          save={(identity) => appsApi.copy(app.id, identity)}
          onSaved={(copy) => {
            refresh();
            close();
            void navigate({ to: buildPage(copy), params: { appId: copy.id } });
          }}
          onClose={close}
        />
      ) : null}
      {open === 'tags' ? <TagsDialog app={app} onClose={close} /> : null}
      <ConfirmDialog
        open={open === 'delete'}
        onOpenChange={close}
        title={t('apps.deleteTitle', { name: app.name })}
        body={t('apps.deleteBody')}
        confirmLabel={t('apps.delete')}
        danger
        typeToConfirm={app.name}
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
  return { groups, dialogs };
}
