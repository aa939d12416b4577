import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';
import { cx } from '../lib/cx.ts';

interface SwitchProps {
  readonly checked: boolean;
  readonly onCheckedChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-labelledby'?: string;
  readonly 'aria-describedby'?: string;
}

/** On or off, acting at once. */
export function Switch({ checked, onCheckedChange, disabled, ...rest }: SwitchProps) {
  return (
    <Base.Root
      {...rest}
      checked={checked}
      onCheckedChange={onCheckedChange}
      disabled={disabled ?? false}
      className="relative inline-flex h-5 w-9 shrink-0 cursor-pointer rounded-full bg-control p-0.5 transition-colors duration-150 data-checked:bg-accent data-disabled:cursor-not-allowed data-disabled:opacity-55"
    >
      <Base.Thumb className="size-4 rounded-full bg-surface shadow-sm transition-transform duration-150 data-checked:translate-x-4 rtl:data-checked:-translate-x-4" />
    </Base.Root>
  );
}

/** A switch with its words and an explanation on one line. */
export function SwitchRow({
  label,
  description,
  className,
  ...control
}: Omit<SwitchProps, 'id' | 'aria-label' | 'aria-labelledby' | 'aria-describedby'> & {
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly className?: string;
}) {
  const id = useId();
  return (
    <div className={cx('flex items-start justify-between gap-4', className)}>
      <div className="min-w-0">
        <div id={`${id}-label`} className="text-base font-medium">
          {label}
        </div>
        {description ? (
          <div id={`${id}-help`} className="text-sm text-ink-faint">
            {description}
          </div>
        ) : null}
      </div>
      <Switch
        {...control}
        aria-labelledby={`${id}-label`}
        {...(description ? { 'aria-describedby': `${id}-help` } : {})}
      />
    </div>
  );
}
