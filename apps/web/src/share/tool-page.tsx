import { ArrowLeft } from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMediaQuery } from '../lib/hooks.ts';
import { AppIcon } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { Segmented } from '../ui/tabs.tsx';
import { useShare } from './share-context.ts';
import { SiteFooter } from './site-footer.tsx';

/** What a page that is no conversation offers. */
export type ToolTab = 'once' | 'batch' | 'saved';

/** Title, tabs and footer of a page with a form: text generators and workflows. */
export function ToolPage({
  tabs,
  tab,
  onTab,
  onBack,
  children,
}: {
  tabs: readonly ToolTab[];
  tab: ToolTab;
  onTab: (tab: ToolTab) => void;
  /** Leads from the result back to the form, where both do not fit beside each other. */
  onBack?: (() => void) | undefined;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { site } = useShare();
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-10 flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-surface px-4 py-2 sm:px-7">
        {onBack ? (
          <IconButton
            label={t('share.backToForm')}
            icon={<ArrowLeft className="rtl:rotate-180" />}
            onClick={onBack}
          />
        ) : null}
        <AppIcon icon={site} className="!size-8 !text-md" />
        <h1 className="min-w-0 flex-1 truncate text-md font-semibold">{site.title}</h1>
        {tabs.length > 1 ? (
          <Segmented
            label={t('share.tabs')}
            value={tab}
            onValueChange={onTab}
            options={tabs.map((value) => ({ value, label: t(`share.tab_${value}`) }))}
          />
        ) : null}
      </header>
      {children}
      <SiteFooter />
    </div>
  );
}

/** A tab that, once it was opened, goes on while others are shown. */
export function KeptTab({ shown, children }: { shown: boolean; children: ReactNode }) {
  const [opened, setOpened] = useState(shown);
  if (shown && !opened) setOpened(true);
  if (!opened) return null;
  return (
    <div hidden={!shown} className={shown ? 'flex flex-1 flex-col' : ''}>
      <Suspense fallback={<SkeletonLines lines={5} className="p-7" />}>{children}</Suspense>
    </div>
  );
}

/** Which of form and result is shown where they do not fit beside each other. */
export function useSteps() {
  const wide = useMediaQuery('(min-width: 900px)');
  const [step, setStep] = useState<'form' | 'result'>('form');
  return { wide, step, setStep, back: !wide && step === 'result' ? () => setStep('form') : undefined };
}

/** Form left, result right; one after the other on phones. */
export function FormAndResult({
  wide,
  step,
  form,
  result,
}: {
  wide: boolean;
  step: 'form' | 'result';
  form: ReactNode;
  result: ReactNode;
}) {
  return (
    <main className={wide ? 'grid flex-1 grid-cols-[minmax(360px,5fr)_7fr]' : 'flex-1'}>
      {wide || step === 'form' ? form : null}
      {wide ? <div className="min-w-0 border-s bg-surface">{result}</div> : step === 'result' ? result : null}
    </main>
  );
}
