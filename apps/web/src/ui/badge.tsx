import type { ReactNode } from 'react';
import { cx } from '../lib/cx.ts';

/** Meaning of a badge's colour. */
export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger' | 'info';

const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink-soft border',
  accent: 'bg-accent-soft text-accent-ink',
  success: 'bg-success-soft text-success-ink',
  warning: 'bg-warning-soft text-warning-ink',
  danger: 'bg-danger-soft text-danger-ink',
  info: 'bg-info-soft text-info-ink',
};

/** One or two words about a thing's kind or state. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}

/** A coloured dot with its meaning in words. */
export function StatusDot({ tone, children }: { tone: Exclude<Tone, 'accent'>; children: ReactNode }) {
  const colours = {
    neutral: 'bg-control',
    success: 'bg-success-ink',
    warning: 'bg-warning-ink',
    danger: 'bg-danger-ink',
    info: 'bg-info-ink',
  } as const;
  return (
    <span className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-ink-soft">
      <span aria-hidden="true" className={cx('size-2 rounded-full', colours[tone])} />
      {children}
    </span>
  );
}
