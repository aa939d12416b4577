import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { cx } from '../lib/cx.ts';
import { popupClass } from './select.tsx';

/** An entry of a {@link Menu}; `checked` makes it a choice. */
export interface MenuEntry {
  readonly key: string;
  readonly label: ReactNode;
  readonly icon?: ReactNode;
  readonly hint?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly checked?: boolean;
  readonly onSelect: () => void;
}

/** A group of entries with an optional heading; groups are divided by a line. */
export interface MenuGroup {
  readonly key: string;
  readonly label?: string;
  readonly entries: readonly MenuEntry[];
}

const entryClass =
  'flex cursor-default items-center gap-2.5 rounded-control px-2 py-1.5 text-base outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0';

function Entry({ entry }: { entry: MenuEntry }) {
  const content = (
    <>
      {entry.icon ? <span className={entry.danger ? '' : 'text-ink-faint'}>{entry.icon}</span> : null}
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.hint ? <span className="text-sm text-ink-faint">{entry.hint}</span> : null}
    </>
  );
  const className = cx(entryClass, entry.danger && 'text-danger-ink');
  if (entry.checked === undefined) {
    return (
      <Base.Item className={className} disabled={entry.disabled ?? false} onClick={entry.onSelect}>
        {content}
      </Base.Item>
    );
  }
  return (
    <Base.CheckboxItem
      className={className}
      disabled={entry.disabled ?? false}
      checked={entry.checked}
      closeOnClick
      onCheckedChange={entry.onSelect}
    >
      {content}
      <Check className={cx('text-accent-ink', !entry.checked && 'invisible')} />
    </Base.CheckboxItem>
  );
}

/** A list of actions behind a button. */
export function Menu({
  trigger,
  groups,
  align = 'end',
  side = 'bottom',
}: {
  /** The button; it needs its own accessible name. */
  trigger: ReactElement;
  groups: readonly MenuGroup[];
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'right' | 'left';
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-50">
          <Base.Popup className={cx(popupClass, 'max-h-(--available-height) min-w-48 overflow-y-auto p-1')}>
            {groups
              .filter((group) => group.entries.length > 0)
              .map((group, index) => (
                <Fragment key={group.key}>
                  {index > 0 ? <Base.Separator className="mx-1 my-1 h-px bg-line" /> : null}
                  <Base.Group>
                    {group.label ? (
                      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-faint">
                        {group.label}
                      </Base.GroupLabel>
                    ) : null}
                    {group.entries.map((entry) => (
                      <Entry key={entry.key} entry={entry} />
                    ))}
                  </Base.Group>
                </Fragment>
              ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
