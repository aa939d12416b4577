import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { publishedQuery, type VersionMarks, workflowsApi } from '../../api/workflows.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { VersionDialog } from './version-dialog.tsx';
import { useWorkflow } from './workflow-context.ts';

/** How the draft stands to what people use, and the step that makes it the same. */
export function PublishButton() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const { app, issues, refresh } = useWorkflow();
  const published = useQuery(publishedQuery(app.id));
  const [asking, setAsking] = useState(false);
  const publish = useMutation({
    mutationFn: (marks: VersionMarks) => workflowsApi.publish(app.id, marks),
    onSuccess: () => {
      setAsking(false);
      refresh();
      void queryClient.invalidateQueries({ queryKey: ['app', app.id], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['apps'] });
      toast.success(t('studio.published'));
    },
  });
  const current = published.data;
  const errors = issues.filter(({ severity }) => severity === 'error').length;
  return (
    <div className="flex items-center gap-3">
      {published.isSuccess ? (
        <span className="hidden items-center gap-2 sm:inline-flex">
          {!current ? (
            <Badge>{t('studio.neverPublished')}</Badge>
          ) : current.dirty ? (
            <Badge tone="warning">{t('studio.unpublishedChanges')}</Badge>
          ) : (
            <span className="text-sm text-ink-faint">
              {t('workflow.publishedAt')} <RelativeTime at={current.created_at} />
            </span>
          )}
        </span>
      ) : null}
      <Button
        size="sm"
        variant="primary"
        disabled={!published.isSuccess || (current ? !current.dirty : false)}
        onClick={() => {
          publish.reset();
          setAsking(true);
        }}
      >
        {current ? t('studio.publishUpdate') : t('studio.publish')}
      </Button>
      {asking ? (
        <VersionDialog
          title={t('workflow.publishTitle')}
          action={errors > 0 ? t('workflow.publishAnyway') : t('studio.publish')}
          notice={
            errors > 0 ? (
              <Banner tone="warning">{t('workflow.publishProblems', { count: errors })}</Banner>
            ) : null
          }
          pending={publish.isPending}
          error={publish.error ? describe(publish.error) : undefined}
          onSubmit={(marks) => publish.mutate(marks)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}
