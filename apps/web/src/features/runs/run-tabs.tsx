import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Tabs } from '../../ui/tabs.tsx';
import { RunResult } from './run-result.tsx';
import { RunTrace } from './run-trace.tsx';
import type { RunNode, RunView } from './run-view.ts';
import { ValueBlock } from './value-block.tsx';

/** Sides of a run that are shown apart. */
export type RunTab = 'result' | 'detail' | 'tracing';

/** A run: what it gave, what it was given, what its nodes did. */
export function RunTabs({
  appId,
  view,
  facts,
  waiting,
  onRerun,
  tab: wanted,
  onTabChange,
}: {
  appId: string;
  view: RunView;
  /** More about the run, above inputs and outputs. */
  facts?: ReactNode;
  /** What a paused run waits for, above its result. */
  waiting?: ReactNode;
  onRerun?: ((node: RunNode) => void) | undefined;
  /** Given where the address holds the tab. */
  tab?: RunTab | undefined;
  onTabChange?: (tab: RunTab) => void;
}) {
  const { t } = useTranslation();
  const [own, setOwn] = useState<RunTab>();
  const tab = wanted ?? own ?? (view.status === 'failed' ? 'tracing' : 'result');
  return (
    <Tabs<RunTab>
      label={t('runs.sides')}
      value={tab}
      onValueChange={onTabChange ?? setOwn}
      items={[
        {
          value: 'result',
          label: t('runs.result'),
          content: (
            <div className="grid gap-3">
              {waiting}
              <RunResult view={view} />
            </div>
          ),
        },
        {
          value: 'detail',
          label: t('runs.detail'),
          content: (
            <div className="grid gap-3">
              {facts}
              <ValueBlock label={t('runs.inputs')} value={view.inputs} />
              <ValueBlock label={t('runs.outputs')} value={view.outputs} />
            </div>
          ),
        },
        {
          value: 'tracing',
          label: t('runs.tracing'),
          content: <RunTrace appId={appId} view={view} onRerun={onRerun} />,
        },
      ]}
    />
  );
}
