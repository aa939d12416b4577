import { Slider as Base } from '@base-ui/react/slider';
import { cx } from '../lib/cx.ts';
import { controlClass } from './input.tsx';

interface NumberSliderProps {
  readonly value: number;
  readonly onValueChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly disabled?: boolean;
  readonly label: string;
}

/** A number on a scale: drag it or type it. Typed values outside the scale are brought back to its ends. */
export function NumberSlider({ value, onValueChange, min, max, step, disabled, label }: NumberSliderProps) {
  const commit = (next: number) => {
    if (Number.isFinite(next)) onValueChange(Math.min(max, Math.max(min, next)));
  };
  return (
    <div className={cx('flex items-center gap-3', disabled && 'opacity-55')}>
      <Base.Root
        value={value}
        onValueChange={(next) => commit(next)}
        min={min}
        max={max}
        step={step}
        disabled={disabled ?? false}
        className="min-w-0 flex-1"
      >
        <Base.Control className="flex h-8 cursor-pointer items-center">
          <Base.Track className="h-1 w-full rounded-full bg-line">
            <Base.Indicator className="rounded-full bg-accent" />
            <Base.Thumb
              aria-label={label}
              className="size-4 rounded-full border-2 border-accent bg-surface shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
            />
          </Base.Track>
        </Base.Control>
      </Base.Root>
      <input
        type="number"
        value={value}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        aria-label={label}
        onChange={(event) => commit(event.target.valueAsNumber)}
        className={cx(controlClass, 'tabular h-7 !w-20 text-sm')}
      />
    </div>
  );
}
