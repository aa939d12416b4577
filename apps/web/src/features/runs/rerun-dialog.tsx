import { isRootType, referencesOf, toNodeType } from '@trellis/graph';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Textarea } from '../../ui/input.tsx';
import type { Outline } from '../workflow/graph-outline.ts';
import type { RunNode, RunView } from './run-view.ts';
import { textOfValue } from './value-block.tsx';

/** A value that a node reads, as it was in the run. */
interface ReadValue {
  /** `node.variable`, or a field of the form for the first node: as the server takes it. */
  readonly key: string;
  readonly label: string;
  readonly before: unknown;
}

function valueIn(view: RunView, [nodeId, name]: readonly string[]): unknown {
  const outputs = view.nodes.findLast((node) => node.nodeId === nodeId)?.outputs;
  if (typeof outputs !== 'object' || outputs === null || name === undefined) return undefined;
  return (outputs as Readonly<Record<string, unknown>>)[name];
}

/** Files cannot be changed for a part of a run. */
function holdsFile(value: unknown): boolean {
  return [value]
    .flat()
    .some((item) => typeof item === 'object' && item !== null && 'transfer_method' in item);
}

/** What a node, or what is inside it, reads from the nodes before it. */
function readsOf(node: RunNode, view: RunView, outline: Outline): ReadValue[] {
  const outlined = outline.byId.get(node.nodeId);
  const type = toNodeType(node.type);
  if (type !== null && isRootType(type)) {
    const fields = outlined?.data?.type === 'start' ? outlined.data.variables : [];
    return fields.map(({ variable, label }) => ({
      key: variable,
      label: label || variable,
      before: valueIn(view, [node.nodeId, variable]),
    }));
  }
  const readers = outlined ? [outlined, ...outlined.children] : [];
  const seen = new Map<string, ReadValue>();
  for (const [nodeId = '', name] of readers.flatMap(({ stored }) => referencesOf({ ...stored }))) {
    const source = outline.byId.get(nodeId);
    // What a container's own steps tell each other is made anew.
    if (!source || name === undefined || nodeId === node.nodeId || outline.containerOf(nodeId)) continue;
    const before = valueIn(view, [nodeId, name]);
    if (holdsFile(before)) continue;
    const key = `${nodeId}.${name}`;
    seen.set(key, { key, label: `${source.title} · ${name}`, before });
  }
  return [...seen.values()];
}

/** The edited text as a value of the kind that it was; undefined when it is not. */
function parseLike(before: unknown, text: string): { value: unknown } | undefined {
  if (typeof before === 'string' || before === undefined) return { value: text };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Asks on which values a run goes on from a node: what is before the node keeps its results. */
export function RerunDialog({
  node,
  view,
  outline,
  onClose,
  onRun,
}: {
  node: RunNode;
  view: RunView;
  outline: Outline;
  onClose: () => void;
  onRun: (inputs: Record<string, unknown>) => void;
}) {
  const { t } = useTranslation();
  const [reads] = useState(() => readsOf(node, view, outline));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(reads.map(({ key, before }) => [key, textOfValue(before)])),
  );
  const parsed = reads.map((read) => ({ read, result: parseLike(read.before, texts[read.key] ?? '') }));
  const changed = parsed.filter(({ read }) => texts[read.key] !== textOfValue(read.before));
  const isSound = parsed.every(({ result }) => result !== undefined);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('runs.rerunTitle', { name: node.title })}
      description={t('runs.rerunBody')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            disabled={!isSound}
            onClick={() =>
              onRun(Object.fromEntries(changed.map(({ read, result }) => [read.key, result?.value])))
            }
          >
            {t('runs.rerunAction')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {reads.length === 0 ? <Banner tone="info">{t('runs.rerunNothing')}</Banner> : null}
        {parsed.map(({ read, result }) => (
          <Field
            key={read.key}
            label={read.label}
            error={result === undefined ? t('runs.notJson') : undefined}
          >
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                className="font-mono !text-sm"
                value={texts[read.key] ?? ''}
                onChange={(event) => setTexts((before) => ({ ...before, [read.key]: event.target.value }))}
              />
            )}
          </Field>
        ))}
      </div>
    </Dialog>
  );
}
