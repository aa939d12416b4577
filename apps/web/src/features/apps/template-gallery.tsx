import { useMutation, useQuery } from '@tanstack/react-query';
import { LayoutTemplate } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appsApi, type Template, templatesQuery } from '../../api/apps.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { AppIcon } from '../../ui/avatar.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { PendingImport, useImportResult } from './import-form.tsx';
import { ModeBadge } from './mode.tsx';

function TemplateCard({ template }: { template: Template }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { pending, settle } = useImportResult();
  const use = useMutation({
    mutationFn: async () => {
      const { export_data } = await appsApi.template(template.app_id);
      settle(await appsApi.importFile({ mode: 'yaml-content', yaml_content: export_data }));
    },
  });
  return (
    <li className="flex flex-col gap-2 rounded-panel border p-3">
      <div className="flex items-center gap-2.5">
        <AppIcon icon={template.app} />
        <div className="min-w-0">
          <div className="truncate text-base font-medium">{template.app.name}</div>
          <ModeBadge mode={template.app.mode} />
        </div>
      </div>
      <p className="line-clamp-3 flex-1 text-sm text-ink-soft">{template.description}</p>
      {use.error ? <Banner tone="danger">{describe(use.error)}</Banner> : null}
      {pending ? (
        <PendingImport pending={pending} onSettled={settle} />
      ) : (
        <Button
          size="sm"
          loading={use.isPending}
          aria-label={t('apps.useTemplateNamed', { name: template.app.name })}
          onClick={() => use.mutate()}
        >
          {t('apps.useTemplate')}
        </Button>
      )}
    </li>
  );
}

/** Ready-made apps to start from. */
export function TemplateGallery() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search, setSearch] = useState('');
  const templates = useQuery(templatesQuery(language));
  if (templates.error) return <ErrorState error={templates.error} onRetry={() => void templates.refetch()} />;
  if (templates.isPending) {
    return (
      <div role="status" className="grid gap-3 sm:grid-cols-2">
        <span className="sr-only">{t('common.loading')}</span>
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} className="h-36" />
        ))}
      </div>
    );
  }
  const shown = templates.data.recommended_apps.filter((template) =>
    `${template.app.name} ${template.description}`.toLowerCase().includes(search.toLowerCase()),
  );
  return (
    <div className="grid gap-3">
      <SearchInput value={search} onValueChange={setSearch} label={t('apps.searchTemplates')} />
      {shown.length === 0 ? (
        <EmptyState icon={<LayoutTemplate />} title={t('apps.noTemplates')} />
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2">
          {shown.map((template) => (
            <TemplateCard key={template.app_id} template={template} />
          ))}
        </ul>
      )}
    </div>
  );
}
