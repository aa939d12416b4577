import { CornerDownRight, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CheckIssue } from '../../api/workflows.ts';
import { cx } from '../../lib/cx.ts';
import { Badge } from '../../ui/badge.tsx';
import { NodeStatusMark, Spent } from '../runs/run-status.tsx';
import type { RunNode } from '../runs/run-view.ts';
import type { Outline, OutlineLink, OutlineNode } from './graph-outline.ts';
import { NodeIcon, nodeHue } from './node-look.tsx';
import { summaryOf } from './node-summary.ts';
import { useSummaryWords } from './use-names.ts';

interface OutlineListProps {
  readonly outline: Outline;
  readonly issues: readonly CheckIssue[];
  /** What the nodes did in the run that is shown beside. */
  readonly runNodes: readonly RunNode[];
  readonly selectedId: string | undefined;
  readonly onOpen: (nodeId: string) => void;
}

/** The steps of a graph from top to bottom, with what each is set to and what follows. */
export function OutlineList(props: OutlineListProps) {
  const { t } = useTranslation();
  return <Level {...props} nodes={props.outline.nodes} label={t('workflow.steps')} />;
}

function Level({
  nodes,
  label,
  ...props
}: OutlineListProps & { nodes: readonly OutlineNode[]; label: string }) {
  return (
    <ol aria-label={label} className="grid gap-2">
      {nodes.map((node) => (
        <li key={node.id} className="grid gap-2">
          <StepCard {...props} node={node} />
          {node.children.length > 0 ? (
            <div className="ms-4 border-s ps-3">
              <Level {...props} nodes={node.children} label={node.title} />
            </div>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function StepCard({ node, ...props }: OutlineListProps & { node: OutlineNode }) {
  const { t } = useTranslation();
  const words = useSummaryWords(props.outline);
  const summary = node.data ? summaryOf(node.data, words) : t('workflow.unreadable');
  const ran = props.runNodes.findLast(({ nodeId }) => nodeId === node.id);
  const found = props.issues.filter(({ nodeId }) => nodeId === node.id);
  const failed = ran?.status === 'failed';
  return (
    <div
      className={cx(
        'relative grid gap-1 rounded-control border border-s-3 bg-surface px-3 py-2 hover:bg-hover',
        props.selectedId === node.id && 'bg-selected',
        ran?.status === 'running' && 'ring-1 ring-info-ink/50',
      )}
      style={{ borderInlineStartColor: nodeHue(node.type) }}
    >
      <div className="flex min-w-0 items-center gap-2">
        <NodeIcon type={node.type} />
        <button
          type="button"
          onClick={() => props.onOpen(node.id)}
          className="min-w-0 truncate text-start text-base font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {node.title}
        </button>
        <TypeName node={node} />
        <span className="ms-auto flex shrink-0 items-center gap-2">
          {found.length > 0 ? (
            <Badge tone={found.some(({ severity }) => severity === 'error') ? 'danger' : 'warning'}>
              <TriangleAlert aria-hidden="true" />
              {t('workflow.problems', { count: found.length })}
            </Badge>
          ) : null}
          {ran ? (
            <>
              <Spent elapsed={ran.elapsed} tokens={ran.tokens} />
              <NodeStatusMark status={ran.status} />
            </>
          ) : null}
        </span>
      </div>
      {summary ? <p className="truncate ps-6 text-sm text-ink-soft">{summary}</p> : null}
      {failed && ran.error ? (
        <p className="line-clamp-2 ps-6 text-sm break-words text-danger-ink">{ran.error}</p>
      ) : null}
      {node.next.length > 0 ? <NextSteps links={node.next} /> : null}
    </div>
  );
}

/** The kind of a step, unless its title says it already. */
function TypeName({ node }: { node: OutlineNode }) {
  const { t } = useTranslation();
  const name = node.data ? t(`workflow.type_${node.data.type}`) : node.type;
  if (name.toLowerCase() === node.title.toLowerCase()) return null;
  return <span className="hidden shrink-0 truncate text-xs text-ink-faint sm:inline">{name}</span>;
}

function NextSteps({ links }: { links: readonly OutlineLink[] }) {
  const { t } = useTranslation();
  const handles: Readonly<Record<string, string>> = {
    'fail-branch': t('workflow.onFailure'),
    __timeout: t('workflow.onTimeout'),
  };
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 ps-6 text-xs text-ink-faint">
      {links.map((link) => {
        const branch = link.label || handles[link.handle];
        return (
          <span key={`${link.handle}-${link.targetId}`} className="inline-flex min-w-0 items-center gap-1">
            <CornerDownRight aria-hidden="true" className="size-3 shrink-0" />
            {branch ? <span className="max-w-48 truncate font-medium text-ink-soft">{branch}</span> : null}
            <span className="max-w-60 truncate">{link.targetTitle}</span>
          </span>
        );
      })}
    </p>
  );
}
