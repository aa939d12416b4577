import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { cx } from '../lib/cx.ts';

/** One tab with its panel. */
export interface TabItem<V extends string> {
  readonly value: V;
  readonly label: ReactNode;
  readonly icon?: ReactNode;
  readonly content: ReactNode;
}

/** Views of one thing, one shown at a time. */
export function Tabs<V extends string>({
  value,
  onValueChange,
  items,
  label,
  className,
}: {
  value: V;
  onValueChange: (value: V) => void;
  items: readonly TabItem<V>[];
  label: string;
  className?: string;
}) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onValueChange(next as V)}
      className={cx('grid gap-4', className)}
    >
      <Base.List aria-label={label} className="relative flex gap-1 overflow-x-auto border-b">
        {items.map((item) => (
          <Base.Tab
            key={item.value}
            value={item.value}
            className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent px-2.5 py-2 text-base font-medium whitespace-nowrap text-ink-soft outline-none select-none hover:text-ink focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent data-active:border-accent data-active:text-ink [&_svg]:size-4"
          >
            {item.icon}
            {item.label}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) => (
        <Base.Panel key={item.value} value={item.value} className="min-w-0 outline-none">
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}

/** A choice among few, as one row of joined buttons. */
export function Segmented<V extends string>({
  value,
  onValueChange,
  options,
  label,
}: {
  value: V;
  onValueChange: (value: V) => void;
  options: readonly { readonly value: V; readonly label: ReactNode; readonly icon?: ReactNode }[];
  label: string;
}) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className="inline-flex max-w-full gap-0.5 overflow-x-auto rounded-control border bg-sunken p-0.5"
    >
      {options.map((option) => (
        // biome-ignore lint/a11y/useSemanticElements: a row of buttons that behaves as radio buttons.
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          onClick={() => onValueChange(option.value)}
          className={cx(
            'inline-flex h-7 items-center gap-1.5 rounded-sm px-2.5 text-sm font-medium whitespace-nowrap transition-colors duration-120 [&_svg]:size-3.5',
            option.value === value ? 'bg-surface text-ink shadow-sm' : 'text-ink-soft hover:text-ink',
          )}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  );
}
