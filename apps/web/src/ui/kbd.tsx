import { cx } from '../lib/cx.ts';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The text of a shortcut for this machine: `Mod` is ⌘ on Apple's machines and Ctrl elsewhere. */
export function shortcutText(keys: string): string {
  return keys.replace('Mod', isApple ? '⌘' : 'Ctrl').replaceAll('+', isApple ? '' : ' ');
}

/** Keys of a shortcut, written with `Mod` for the platform's command key. */
export function Kbd({ children, inverse }: { children: string; inverse?: boolean }) {
  return (
    <kbd
      className={cx(
        'ms-1.5 inline-flex items-center rounded-sm px-1 font-mono text-xs',
        inverse ? 'text-canvas opacity-80' : 'border bg-sunken text-ink-soft',
      )}
    >
      {shortcutText(children)}
    </kbd>
  );
}
