import { Eye, EyeOff, Search, X } from 'lucide-react';
import { type ComponentProps, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '../lib/cx.ts';

/** The look shared by all text controls. */
export const controlClass = cx(
  'w-full min-w-0 rounded-control border border-control bg-surface px-2.5 text-base text-ink',
  'transition-colors duration-120 outline-none',
  'focus-visible:border-accent focus-visible:ring-2 focus-visible:ring-accent/25',
  'aria-invalid:border-danger disabled:opacity-60',
);

/** One line of text. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cx(controlClass, 'h-8.5', className)} />;
}

/** A secret; the eye shows what was typed. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<'input'>, 'type'>) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className={cx('relative', className)}>
      <input {...rest} type={shown ? 'text' : 'password'} className={cx(controlClass, 'h-8.5 pe-9')} />
      <button
        type="button"
        aria-label={shown ? t('common.hidePassword') : t('common.showPassword')}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute inset-y-0 end-0 flex w-9 items-center justify-center rounded-control text-ink-faint hover:text-ink"
      >
        {shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
      </button>
    </div>
  );
}

/** A search field with its own clear button. */
export function SearchInput({
  value,
  onValueChange,
  label,
  className,
}: {
  value: string;
  onValueChange: (value: string) => void;
  label: string;
  className?: string;
}) {
  const { t } = useTranslation();
  return (
    <div className={cx('relative', className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-4 text-ink-faint"
      />
      <input
        type="search"
        value={value}
        aria-label={label}
        placeholder={label}
        onChange={(event) => onValueChange(event.target.value)}
        className={cx(controlClass, 'h-8.5 ps-8.5 pe-8 [&::-webkit-search-cancel-button]:hidden')}
      />
      {value ? (
        <button
          type="button"
          aria-label={t('common.clear')}
          onClick={() => onValueChange('')}
          className="absolute inset-y-0 end-0 flex w-8 items-center justify-center text-ink-faint hover:text-ink"
        >
          <X className="size-4" />
        </button>
      ) : null}
    </div>
  );
}

interface TextareaProps extends ComponentProps<'textarea'> {
  /** Grows with its text up to this height in pixels. */
  readonly maxHeightPx?: number;
}

/** Several lines of text, growing with what is written. */
export function Textarea({ className, maxHeightPx = 320, rows = 3, ...rest }: TextareaProps) {
  const ref = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight + 2, maxHeightPx)}px`;
    area.style.overflowY = area.scrollHeight > maxHeightPx ? 'auto' : 'hidden';
  }, [rest.value, maxHeightPx]);
  return (
    <textarea
      {...rest}
      ref={ref}
      rows={rows}
      className={cx(controlClass, 'block resize-none py-1.5 leading-normal', className)}
    />
  );
}
