import { LoaderCircle } from 'lucide-react';
import { cx } from '../lib/cx.ts';

/** A small turning ring for an action under way; the words for it stand beside it or in a live region. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden="true" className={cx('size-4 animate-spin', className)} />;
}
