import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../lib/cx.ts';
import { controlClass } from './input.tsx';

/** One choice of a {@link Select}. */
export interface SelectOption<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly description?: string;
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
}

interface SelectProps<V extends string> {
  readonly value: V | null;
  readonly onValueChange: (value: V) => void;
  readonly options: readonly SelectOption<V>[];
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
  /** The name for assistive technology where no label element points here. */
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

/** A choice of one from a short list. */
export function Select<V extends string>({
  value,
  onValueChange,
  options,
  placeholder,
  disabled,
  className,
  ...aria
}: SelectProps<V>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root
      items={options as SelectOption<V>[]}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onValueChange(next);
      }}
      {...(disabled ? { disabled } : {})}
    >
      <Base.Trigger
        {...aria}
        className={cx(
          controlClass,
          'flex h-8.5 items-center gap-2 text-start select-none data-disabled:opacity-60',
          className,
        )}
      >
        {chosen?.icon}
        <Base.Value className="min-w-0 flex-1 truncate">
          {chosen?.label ?? <span className="text-ink-faint">{placeholder ?? ''}</span>}
        </Base.Value>
        <Base.Icon className="flex text-ink-faint">
          <ChevronsUpDown className="size-3.5" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className={cx(popupClass, 'min-w-(--anchor-width)')}>
            <Base.List className="max-h-[min(22rem,var(--available-height))] overflow-y-auto p-1">
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  disabled={option.disabled ?? false}
                  className="grid cursor-default grid-cols-[1rem_1fr] items-start gap-2 rounded-control px-2 py-1.5 text-base outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover"
                >
                  <span className="col-start-1 flex h-5 items-center">
                    <Base.ItemIndicator>
                      <Check className="size-4 text-accent-ink" />
                    </Base.ItemIndicator>
                  </span>
                  <span className="col-start-2 flex min-w-0 items-center gap-2">
                    {option.icon}
                    <span className="min-w-0">
                      <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                      {option.description ? (
                        <span className="block text-sm text-ink-faint">{option.description}</span>
                      ) : null}
                    </span>
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The look of everything that opens over the page: lists, menus, popovers. */
export const popupClass = cx(
  'max-w-(--available-width) rounded-panel border bg-raised text-ink shadow-float outline-none',
  'origin-(--transform-origin) transition-[scale,opacity] duration-120 ease-out',
  'data-ending-style:scale-97 data-ending-style:opacity-0 data-starting-style:scale-97 data-starting-style:opacity-0',
);
