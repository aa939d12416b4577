import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appQuery, isGraphApp, isPublished } from '../../api/apps.ts';
import { readForm } from '../../api/model-config.ts';
import { workspaceQuery } from '../../api/session.ts';
import { publishedQuery } from '../../api/workflows.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Segmented } from '../../ui/tabs.tsx';
import { HighlightedCode } from '../chat/highlighted-code.tsx';
import { apiBaseUrl } from '../overview/api-card.tsx';
import { startFormOf } from '../workflow/start-form.ts';
import { ApiKeysDialog } from './api-keys-dialog.tsx';
import { callsFor, type SampleCall, type SampleLanguage, sampleLanguages, sampleOf } from './samples.ts';

const route = getRouteApi('/shell/app/$appId/develop');

const languageNames: Record<SampleLanguage, string> = {
  curl: 'cURL',
  javascript: 'JavaScript',
  python: 'Python',
};

function CallSection({
  call,
  baseUrl,
  language,
}: {
  call: SampleCall;
  baseUrl: string;
  language: SampleLanguage;
}) {
  const { t } = useTranslation();
  const key = call.key as 'send';
  return (
    <section id={call.key} className="grid scroll-mt-6 gap-3 border-t pt-6">
      <div>
        <h2 className="text-md font-semibold">{t(`develop.call_${key}`)}</h2>
        <p className="mt-1 flex items-center gap-2 font-mono text-sm">
          <Badge tone={call.method === 'GET' ? 'info' : call.method === 'DELETE' ? 'danger' : 'success'}>
            {call.method}
          </Badge>
          {call.path}
        </p>
        <p className="mt-2 max-w-160 text-base text-ink-soft">{t(`develop.help_${key}`)}</p>
      </div>
      <HighlightedCode code={sampleOf(language, baseUrl, call)} language={languageNames[language]} />
    </section>
  );
}

/** How programs use the app: keys, and calls with its own variables filled in. */
export function DevelopPage() {
  const { t } = useTranslation();
  const { appId } = route.useParams();
  const app = useQuery(appQuery(appId));
  const published = useQuery({ ...publishedQuery(appId), enabled: isGraphApp(app.data) });
  const { data: workspace } = useQuery(workspaceQuery);
  const [language, setLanguage] = useState<SampleLanguage>('curl');
  const [keysOpen, setKeysOpen] = useState(false);
  const privileged = workspace?.role === 'owner' || workspace?.role === 'admin';
  if (app.error) return <ErrorState heading="h1" error={app.error} onRetry={() => void app.refetch()} />;
  if (!app.data) return <SkeletonLines lines={10} className="mx-auto max-w-260 px-4 py-8 sm:px-8" />;
  const baseUrl = apiBaseUrl(app.data);
  const isGraph = isGraphApp(app.data);
  const calls = callsFor(
    app.data.mode === 'completion' || app.data.mode === 'workflow' ? app.data.mode : 'chat',
    isGraph ? startFormOf(published.data?.graph) : readForm(app.data.model_config?.user_input_form),
    t('develop.exampleQuery'),
  );
  return (
    <div className="mx-auto flex w-full max-w-260 gap-10 px-4 py-6 sm:px-8">
      <div className="grid min-w-0 flex-1 gap-6">
        <PageHeader
          title={t('develop.title')}
          tabTitle={`${app.data.name} · ${t('develop.title')}`}
          description={t('develop.body')}
          status={
            app.data.enable_api ? (
              <StatusDot tone="success">{t('monitor.inService')}</StatusDot>
            ) : (
              <StatusDot tone="neutral">{t('monitor.disabled')}</StatusDot>
            )
          }
          action={
            privileged ? (
              <Button
                variant="primary"
                icon={<KeyRound className="size-4" />}
                onClick={() => setKeysOpen(true)}
              >
                {t('develop.keys')}
              </Button>
            ) : null
          }
        />
        {isPublished(app.data) ? null : <Banner tone="warning">{t('develop.publishFirst')}</Banner>}
        <div className="flex flex-wrap items-center gap-3">
          <div className="flex min-w-60 flex-1 items-center gap-1 rounded-control border bg-sunken ps-3 pe-1">
            <span className="text-sm text-ink-faint">{t('develop.base')}</span>
            <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-sm">{baseUrl}</code>
            <CopyButton text={baseUrl} label={t('monitor.copyBase')} />
          </div>
          <Segmented
            label={t('develop.sampleLanguage')}
            value={language}
            onValueChange={setLanguage}
            options={sampleLanguages.map((value) => ({ value, label: languageNames[value] }))}
          />
        </div>
        {calls.map((call) => (
          <CallSection key={call.key} call={call} baseUrl={baseUrl} language={language} />
        ))}
      </div>
      <nav
        aria-label={t('develop.contents')}
        className="sticky top-6 hidden w-44 shrink-0 self-start lg:block"
      >
        <ul className="grid gap-0.5 border-s text-sm">
          {calls.map((call) => (
            <li key={call.key}>
              <a
                href={`#${call.key}`}
                className="-ms-px block border-s border-transparent px-3 py-1 text-ink-soft hover:border-accent hover:text-ink"
              >
                {t(`develop.call_${call.key as 'send'}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {keysOpen ? (
        <ApiKeysDialog appId={appId} withCallbacks={isGraph} onClose={() => setKeysOpen(false)} />
      ) : null}
    </div>
  );
}
