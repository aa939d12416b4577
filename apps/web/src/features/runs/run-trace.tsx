import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronLeft, ChevronRight, PenLine } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nodeExecutionQuery } from '../../api/runs.ts';
import { cx } from '../../lib/cx.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NodeIcon, nodeHue } from '../workflow/node-look.tsx';
import { NodeStatusMark, Spent } from './run-status.tsx';
import { childrenOf, type RunNode, type RunView } from './run-view.ts';
import { Shortened } from './shortened.tsx';
import { ValueBlock } from './value-block.tsx';

interface TraceProps {
  readonly appId: string;
  readonly view: RunView;
  /** Offers to run from a node on, with edited inputs. */
  readonly onRerun?: ((node: RunNode) => void) | undefined;
}

/** What the nodes of a run did, in the order of their start; containers show one round at a time. */
export function RunTrace(props: TraceProps) {
  const { t } = useTranslation();
  if (props.view.nodes.length === 0) {
    return <EmptyState title={t('runs.noSteps')}>{t('runs.noStepsBody')}</EmptyState>;
  }
  return <NodeList {...props} nodes={childrenOf(props.view, null)} label={t('runs.tracing')} />;
}

function NodeList({ nodes, label, ...props }: TraceProps & { nodes: readonly RunNode[]; label: string }) {
  return (
    <ol aria-label={label} className="grid gap-1.5">
      {nodes.map((node) => (
        <li key={node.key}>
          <NodeRow {...props} node={node} />
        </li>
      ))}
    </ol>
  );
}

function NodeRow({ node, ...props }: TraceProps & { node: RunNode }) {
  const { t } = useTranslation();
  // What failed is what people look for.
  const [chosen, setOpen] = useState<boolean>();
  const open = chosen ?? (node.status === 'failed' || node.status === 'exception');
  return (
    <div
      className={cx(
        'overflow-hidden rounded-control border border-s-3 bg-surface',
        node.status === 'running' && 'ring-1 ring-info-ink/40',
      )}
      style={{ borderInlineStartColor: nodeHue(node.type) }}
    >
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-9 w-full items-center gap-2 px-2.5 py-1.5 text-start hover:bg-hover focus-visible:-outline-offset-2"
      >
        <NodeIcon type={node.type} />
        <span className="min-w-0 flex-1 truncate text-base">{node.title || node.nodeId}</span>
        {node.retries > 0 ? <Badge>{t('runs.retries', { count: node.retries })}</Badge> : null}
        {node.rounds > 0 ? (
          <span className="tabular hidden shrink-0 text-xs text-ink-faint sm:inline">
            {t('runs.roundCount', { count: node.rounds })}
          </span>
        ) : null}
        <Spent elapsed={node.elapsed} tokens={node.tokens} />
        <NodeStatusMark status={node.status} />
        <ChevronDown
          aria-hidden="true"
          className={cx('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-180')}
        />
      </button>
      {open ? <NodeDetails {...props} node={node} /> : null}
    </div>
  );
}

function NodeDetails({ node, ...props }: TraceProps & { node: RunNode }) {
  const { t } = useTranslation();
  const { onRerun, appId, view } = props;
  const [wantsWhole, setWantsWhole] = useState(false);
  const whole = useQuery({
    ...nodeExecutionQuery(appId, view.runId ?? '', node.key),
    enabled: wantsWhole && view.runId !== undefined,
  });
  const inputs = whole.data?.inputs ?? node.inputs;
  const processData = whole.data?.process_data ?? node.processData;
  const outputs = whole.data?.outputs ?? node.outputs;
  return (
    <div className="grid gap-2 border-t px-2.5 py-2.5">
      {node.error ? (
        <Banner tone={node.status === 'exception' ? 'warning' : 'danger'}>{node.error}</Banner>
      ) : null}
      {node.rounds > 0 ? <Rounds {...props} node={node} /> : null}
      {node.truncated && !whole.data ? (
        <Shortened
          error={whole.error}
          loading={whole.isFetching}
          // Containers of a running run are not told by their record yet.
          onShow={node.key.includes('#') ? undefined : () => setWantsWhole(true)}
        />
      ) : null}
      <ValueBlock label={t('runs.inputs')} value={inputs} />
      {processData === null ? null : <ValueBlock label={t('runs.processData')} value={processData} />}
      {node.status === 'running' || node.status === 'paused' ? null : (
        <ValueBlock label={t('runs.outputs')} value={outputs} />
      )}
      {onRerun && node.parentKey === null ? (
        <Button
          size="sm"
          className="justify-self-start"
          icon={<PenLine className="size-3.5" />}
          onClick={() => onRerun(node)}
        >
          {t('runs.rerun')}
        </Button>
      ) : null}
    </div>
  );
}

/** The rounds of an iteration or loop; while it runs the newest, else the first that failed, or the first. */
function Rounds({ node, ...props }: TraceProps & { node: RunNode }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number>();
  const failed = props.view.nodes.find(
    (child) => child.parentKey === node.key && child.status === 'failed',
  )?.round;
  const shown = chosen ?? (node.status === 'running' ? node.rounds - 1 : (failed ?? 0));
  const total = Math.max(node.rounds, node.length ?? 0);
  return (
    <div className="grid gap-1.5 rounded-control bg-sunken p-2">
      <div className="flex items-center justify-between gap-2">
        <span aria-live="polite" className="tabular text-xs font-medium text-ink-soft">
          {t('runs.roundOf', { number: shown + 1, total })}
        </span>
        <span className="flex">
          <IconButton
            size="sm"
            label={t('runs.previousRound')}
            icon={<ChevronLeft className="rtl:rotate-180" />}
            disabled={shown <= 0}
            onClick={() => setChosen(shown - 1)}
          />
          <IconButton
            size="sm"
            label={t('runs.nextRound')}
            icon={<ChevronRight className="rtl:rotate-180" />}
            disabled={shown >= node.rounds - 1}
            onClick={() => setChosen(shown + 1)}
          />
        </span>
      </div>
      <NodeList
        {...props}
        label={t('runs.roundOf', { number: shown + 1, total })}
        nodes={childrenOf(props.view, node.key, shown)}
      />
    </div>
  );
}
