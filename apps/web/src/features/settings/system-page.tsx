import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type SystemStatus, systemStatusQuery } from '../../api/system.ts';
import { Badge } from '../../ui/badge.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';

const languageNames: Record<string, string> = { python3: 'Python', javascript: 'JavaScript' };

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 py-2.5 sm:grid-cols-[11rem_1fr] sm:gap-4">
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="min-w-0 text-base break-words">{children}</dd>
    </div>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-panel border bg-surface p-5">
      <h2 className="mb-1.5 text-md font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function SandboxPanel({ sandbox }: { sandbox: SystemStatus['sandbox'] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('settings.systemSandbox')}>
      <p className="mb-2 text-sm text-ink-soft">{t('settings.systemSandboxBody')}</p>
      <dl className="divide-y">
        {sandbox.languages.map((entry) => (
          <Fact key={entry.language} name={languageNames[entry.language] ?? entry.language}>
            <span className="flex flex-wrap items-center gap-2">
              <Badge tone={entry.backend === null ? 'danger' : 'success'}>
                {entry.backend ?? t('settings.systemUnavailable')}
              </Badge>
              {entry.interpreter}
            </span>
            <span className="mt-1 block text-sm text-ink-soft">{entry.reason}</span>
          </Fact>
        ))}
        {sandbox.refused.map((entry) => (
          <Fact key={entry.backend} name={entry.backend}>
            <Badge tone="warning">{t('settings.systemRefused')}</Badge>
            <span className="mt-1 block text-sm text-ink-soft">{entry.reason}</span>
          </Fact>
        ))}
        <Fact name={t('settings.systemNetwork')}>
          {sandbox.network_allowed ? t('common.on') : t('common.off')}
        </Fact>
      </dl>
    </Panel>
  );
}

/** What the installation runs on, for those who operate it. */
export function SystemPage() {
  const { t, i18n } = useTranslation();
  const status = useQuery(systemStatusQuery);
  const number = new Intl.NumberFormat(i18n.language);
  const { data } = status;
  return (
    <div className="grid gap-5">
      <PageHeader title={t('settings.system')} description={t('settings.systemBody')} />
      {status.error ? (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      ) : data ? (
        <>
          <Panel title={t('settings.systemServer')}>
            <dl className="divide-y">
              <Fact name={t('settings.systemVersion')}>
                Trellis {data.version}, Node {data.node.replace(/^v/, '')}
              </Fact>
              <Fact name={t('settings.systemUptime')}>
                {t('settings.systemMinutes', { count: Math.floor(data.uptime_seconds / 60) })}
              </Fact>
              <Fact name={t('settings.systemMemory')}>{number.format(data.memory_megabytes)} MB</Fact>
              <Fact name={t('settings.systemRunning')}>
                {t('settings.systemRunningValue', {
                  turns: number.format(data.running.turns),
                  runs: number.format(data.running.runs),
                })}
              </Fact>
              <Fact name={t('settings.systemDatabase')}>
                PostgreSQL {data.database.version}
                <span className="mt-0.5 block text-sm break-all text-ink-soft">{data.database.place}</span>
              </Fact>
              <Fact name={t('settings.systemStorage')}>{data.storage}</Fact>
              <Fact name={t('settings.systemMail')}>
                {data.mail === 'none' ? t('settings.systemNoMail') : data.mail}
              </Fact>
            </dl>
          </Panel>
          <SandboxPanel sandbox={data.sandbox} />
        </>
      ) : (
        <SkeletonLines />
      )}
    </div>
  );
}
