import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '../lib/cx.ts';
import { Button, buttonClass } from './button.tsx';
import { Field, FieldError } from './field.tsx';
import { Input } from './input.tsx';

const backdropClass =
  'fixed inset-0 z-40 min-h-dvh bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg';
}

const dialogSizes = { sm: 'sm:w-105', md: 'sm:w-140', lg: 'sm:w-190' } as const;

function CloseButton() {
  const { t } = useTranslation();
  return (
    <Base.Close
      aria-label={t('common.close')}
      className={cx(buttonClass('ghost', 'sm'), '-me-1.5 w-7 !px-0 [&_svg]:size-4')}
    >
      <X />
    </Base.Close>
  );
}

/** A question or a short form over the page; a sheet from below on phones. Focus returns where it came from. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = 'md',
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup
          className={cx(
            'fixed z-50 flex max-h-[92dvh] w-full flex-col border bg-raised shadow-float outline-none',
            'inset-x-0 bottom-0 rounded-t-panel pb-[env(safe-area-inset-bottom)]',
            'sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:max-h-[86dvh] sm:max-w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-panel',
            'transition-[opacity,scale] duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 sm:data-starting-style:scale-98',
            dialogSizes[size],
          )}
        >
          <header className="flex items-start justify-between gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0">
              <Base.Title className="text-md font-semibold">{title}</Base.Title>
              {description ? (
                <Base.Description className="mt-1 text-base text-ink-soft">{description}</Base.Description>
              ) : null}
            </div>
            <CloseButton />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {footer ? (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
              {footer}
            </footer>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** A panel at the end side for details and longer forms; the whole width on phones. */
export function Drawer({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  actions,
}: Omit<DialogProps, 'size'> & { readonly actions?: ReactNode }) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup
          ref={popup}
          initialFocus={popup}
          className="fixed inset-y-0 end-0 z-50 flex w-full max-w-170 flex-col border-s bg-surface shadow-float outline-none transition-[opacity,translate] duration-180 ease-out data-ending-style:translate-x-8 data-ending-style:opacity-0 data-starting-style:translate-x-8 data-starting-style:opacity-0"
        >
          <header className="flex items-start justify-between gap-3 border-b px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="truncate text-md font-semibold">{title}</Base.Title>
              {description ? (
                <Base.Description render={<div />} className="mt-0.5 text-sm text-ink-faint">
                  {description}
                </Base.Description>
              ) : null}
            </div>
            <div className="flex items-center gap-1">
              {actions}
              <CloseButton />
            </div>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-5">{children}</div>
          {footer ? (
            <footer className="flex items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What will happen, in words; for destructive acts what is lost. */
  readonly body: ReactNode;
  readonly confirmLabel: string;
  readonly danger?: boolean;
  /** The text to type before the act is allowed. */
  readonly typeToConfirm?: string;
  readonly pending?: boolean;
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
}

/** The second act before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const allowed = props.typeToConfirm === undefined || typed === props.typeToConfirm;
  return (
    <Dialog
      open={props.open}
      onOpenChange={(open) => {
        setTyped('');
        props.onOpenChange(open);
      }}
      title={props.title}
      size="sm"
      footer={
        <>
          <Button onClick={() => props.onOpenChange(false)}>{t('common.cancel')}</Button>
          <Button
            variant={props.danger ? 'danger' : 'primary'}
            disabled={!allowed}
            loading={props.pending ?? false}
            onClick={props.onConfirm}
          >
            {props.confirmLabel}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 text-base text-ink-soft">
        <div>{props.body}</div>
        {props.typeToConfirm === undefined ? null : (
          <Field label={t('common.typeToConfirm', { text: props.typeToConfirm })}>
            {(control) => (
              <Input
                {...control}
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
        )}
        <FieldError error={props.error} />
      </div>
    </Dialog>
  );
}
