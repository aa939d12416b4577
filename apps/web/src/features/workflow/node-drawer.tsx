import { useTranslation } from 'react-i18next';
import type { CheckIssue } from '../../api/workflows.ts';
import { Banner } from '../../ui/banner.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { textOfValue, ValueBlock } from '../runs/value-block.tsx';
import type { OutlineNode } from './graph-outline.ts';
import { NodeIcon } from './node-look.tsx';

/** Keys that the head of the drawer shows, or that belong to the drawing. */
const shownApart: ReadonlySet<string> = new Set([
  'title',
  'desc',
  'type',
  'selected',
  'isInIteration',
  'isInLoop',
  'iteration_id',
  'loop_id',
  'width',
  'height',
]);

function isShort(value: unknown): boolean {
  return typeof value !== 'object' && String(value ?? '').length <= 60 && !String(value).includes('\n');
}

/** Everything that a step is set to, to be read. */
export function NodeDrawer({
  node,
  issues,
  onClose,
}: {
  node: OutlineNode;
  issues: readonly CheckIssue[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const settings = Object.entries(node.stored).filter(
    ([key, value]) =>
      !shownApart.has(key) && !key.startsWith('_') && value !== null && value !== '' && value !== undefined,
  );
  const short = settings.filter(([, value]) => isShort(value));
  const long = settings.filter(([, value]) => !isShort(value));
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={
        <span className="flex items-center gap-2">
          <NodeIcon type={node.type} />
          <span className="truncate">{node.title}</span>
        </span>
      }
      description={
        <span className="flex flex-wrap items-center gap-x-3">
          {node.data ? t(`workflow.type_${node.data.type}`) : node.type}
          <code className="font-mono text-xs">{node.id}</code>
        </span>
      }
    >
      <div className="grid gap-4">
        {node.description ? <p className="text-base text-ink-soft">{node.description}</p> : null}
        {issues.map((issue) => (
          <Banner
            key={`${issue.code}-${issue.field}`}
            tone={issue.severity === 'error' ? 'danger' : 'warning'}
          >
            {issue.message}
          </Banner>
        ))}
        {short.length > 0 ? (
          <dl className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
            {short.map(([key, value]) => (
              <div key={key} className="flex gap-2">
                <dt className="shrink-0 font-mono text-ink-faint">{key}</dt>
                <dd className="truncate">{textOfValue(value)}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        {long.map(([key, value]) => (
          <ValueBlock key={key} label={key} value={value} />
        ))}
        <p className="text-sm text-ink-faint">{t('workflow.readOnly')}</p>
      </div>
    </Drawer>
  );
}
