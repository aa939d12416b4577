import { useQuery } from '@tanstack/react-query';
import { LockKeyhole, Unplug } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';
import { changeLanguage, toLanguage } from '../i18n/create.ts';
import { useDocumentTitle } from '../lib/hooks.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { HandedValues, ShareAddress } from './address.ts';
import { useInstallable } from './installable.ts';
import type { ShareApi } from './share-api.ts';
import { ShareContext } from './share-context.ts';

const ChatPage = lazy(() => import('./chat-page.tsx').then((module) => ({ default: module.ChatPage })));
const GeneratorPage = lazy(() =>
  import('./generator-page.tsx').then((module) => ({ default: module.GeneratorPage })),
);

const FormPage = lazy(() => import('./form-page.tsx').then((module) => ({ default: module.FormPage })));
const WorkflowPage = lazy(() =>
  import('./workflow-page.tsx').then((module) => ({ default: module.WorkflowPage })),
);

function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <main className="mx-auto flex h-dvh max-w-180 flex-col gap-4 px-6 pt-20 pb-6">
      <h1 className="sr-only" aria-live="polite">
        {t('common.loading')}
      </h1>
      <Skeleton className="h-5 w-2/5" />
      <Skeleton className="h-5 w-4/5" />
      <Skeleton className="h-5 w-3/5" />
      <Skeleton className="mt-auto h-12 !rounded-panel" />
    </main>
  );
}

/** Why the page cannot be used, where the server says so. */
function Refusal({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const code = error instanceof ApiError ? error.code : '';
  if (code === 'web_sso_auth_required' || code === 'web_app_access_denied') {
    return (
      <EmptyState heading="h1" icon={<LockKeyhole />} title={t('share.restricted')}>
        {code === 'web_app_access_denied' ? t('share.noPermission') : t('share.needsSignIn')}
      </EmptyState>
    );
  }
  if (code === 'not_found' || code === 'app_unavailable' || code === 'bad_request' || code === 'forbidden') {
    return (
      <EmptyState heading="h1" icon={<Unplug />} title={t('share.unavailable')}>
        {t('share.unavailableBody')}
      </EmptyState>
    );
  }
  return <ErrorState heading="h1" error={error} onRetry={onRetry} />;
}

interface ShareAppProps {
  readonly address: ShareAddress | undefined;
  readonly api: ShareApi | undefined;
  readonly handed: HandedValues;
}

function LoadedShare({
  address,
  api,
  handed,
}: {
  address: ShareAddress;
  api: ShareApi;
  handed: HandedValues;
}) {
  const site = useQuery({ queryKey: ['site'], queryFn: api.site });
  const parameters = useQuery({ queryKey: ['parameters'], queryFn: api.parameters });
  const language = site.data?.site.default_language;
  useDocumentTitle(site.data?.site.title);
  useInstallable(site.data?.site, address.code);
  useEffect(() => {
    if (language && !handed.locale) void changeLanguage(toLanguage(language));
  }, [language, handed.locale]);
  const error = site.error ?? parameters.error;
  if (error) {
    return (
      <main className="flex min-h-dvh items-center justify-center">
        <Refusal error={error} onRetry={() => void Promise.all([site.refetch(), parameters.refetch()])} />
      </main>
    );
  }
  if (!site.data || !parameters.data) return <PageSkeleton />;
  // The app knows better than the address, which somebody may have typed.
  const kind = site.data.mode ?? address.kind;
  return (
    <ShareContext.Provider
      value={{
        address,
        api,
        site: site.data.site,
        batchConcurrency: site.data.batch_concurrency ?? 5,
        parameters: parameters.data,
        handed,
      }}
    >
      <Suspense fallback={<PageSkeleton />}>
        {kind === 'completion' ? <GeneratorPage /> : kind === 'workflow' ? <WorkflowPage /> : <ChatPage />}
      </Suspense>
    </ShareContext.Provider>
  );
}

/** A published app as its visitors see it. */
export function ShareApp({ address, api, handed }: ShareAppProps) {
  const { t } = useTranslation();
  if (address?.kind === 'form') {
    return (
      <Suspense fallback={<PageSkeleton />}>
        <FormPage token={address.code} locale={handed.locale} />
      </Suspense>
    );
  }
  if (!address || !api) {
    return (
      <main className="flex min-h-dvh items-center justify-center">
        <EmptyState heading="h1" icon={<Unplug />} title={t('share.unavailable')}>
          {t('share.unavailableBody')}
        </EmptyState>
      </main>
    );
  }
  return <LoadedShare address={address} api={api} handed={handed} />;
}
