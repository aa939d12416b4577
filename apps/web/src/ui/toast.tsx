import { Toast as Base } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';

type ToastKind = 'success' | 'error' | 'info';

const manager = Base.createToastManager();

function show(kind: ToastKind, title: string, description?: string): void {
  manager.add({
    title,
    ...(description ? { description } : {}),
    type: kind,
    timeout: kind === 'error' ? 6000 : 3500,
    priority: kind === 'error' ? 'high' : 'low',
  });
}

/** Short notices that leave by themselves; errors that belong to a field or page stand there instead. */
export const toast = {
  success: (title: string, description?: string) => show('success', title, description),
  error: (title: string, description?: string) => show('error', title, description),
  info: (title: string, description?: string) => show('info', title, description),
};

const icons = {
  success: <CircleCheck className="size-4.5 shrink-0 text-success-ink" />,
  error: <CircleAlert className="size-4.5 shrink-0 text-danger-ink" />,
  info: <Info className="size-4.5 shrink-0 text-info-ink" />,
} as const;

function ToastList() {
  const { t } = useTranslation();
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="w-full rounded-panel border bg-raised shadow-float transition-[opacity,translate] duration-180 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-start gap-2.5 p-3">
        {icons[(item.type as ToastKind | undefined) ?? 'info']}
        <div className="min-w-0 flex-1">
          <Base.Title className="text-base font-medium" render={<div />} />
          <Base.Description className="mt-0.5 text-sm break-words text-ink-soft" />
        </div>
        <Base.Close
          aria-label={t('common.close')}
          className="flex size-5 shrink-0 items-center justify-center rounded-sm text-ink-faint hover:text-ink"
        >
          <X className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

/** Place of the toasts; once per entry. */
export function Toaster() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-20 z-70 flex flex-col gap-2 sm:inset-x-auto sm:end-6 sm:bottom-6 sm:w-90">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
