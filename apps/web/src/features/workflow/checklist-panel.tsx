import { CircleAlert, ListChecks, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NodeIcon } from './node-look.tsx';
import { useWorkflow } from './workflow-context.ts';

/** What must be put right before the draft can run, in the server's words, errors first. */
export function ChecklistPanel() {
  const { t } = useTranslation();
  const { issues, go } = useWorkflow();
  if (issues.length === 0) {
    return (
      <EmptyState icon={<ListChecks />} title={t('workflow.noProblems')}>
        {t('workflow.noProblemsBody')}
      </EmptyState>
    );
  }
  const sorted = [...issues].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <div className="grid gap-3 p-4 sm:p-5">
      <p className="text-base text-ink-soft">{t('workflow.checklistBody')}</p>
      <ul
        aria-label={t('workflow.panel_checklist')}
        className="divide-y overflow-hidden rounded-panel border bg-surface"
      >
        {sorted.map((issue) => {
          const { nodeId } = issue;
          return (
            <li
              key={`${nodeId}-${issue.code}-${issue.field}`}
              className="relative grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 px-3 py-2.5 hover:bg-hover"
            >
              {issue.severity === 'error' ? (
                <CircleAlert aria-hidden="true" className="mt-0.5 size-4 text-danger-ink" />
              ) : (
                <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 text-warning-ink" />
              )}
              <div className="min-w-0">
                <p className="text-base break-words">
                  <span className="sr-only">{t(`workflow.severity_${issue.severity}`)} </span>
                  {issue.message}
                </p>
                {nodeId === null ? (
                  <p className="text-sm text-ink-faint">{t('workflow.wholeGraph')}</p>
                ) : (
                  <button
                    type="button"
                    onClick={() => go({ panel: 'checklist', node: nodeId })}
                    className="mt-0.5 inline-flex max-w-full items-center gap-1.5 text-sm text-ink-soft after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                  >
                    <NodeIcon type={issue.nodeType} className="!size-3.5" />
                    <span className="truncate">{issue.nodeTitle || nodeId}</span>
                  </button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
