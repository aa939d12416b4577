import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MonitorSmartphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Device, devicesApi, devicesQuery } from '../../api/session.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';

const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const;
const browserNames: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera' };
const systems = ['Windows', 'Android', 'iPhone', 'iPad', 'Macintosh', 'Linux'] as const;
const systemNames: Readonly<Record<string, string>> = { Macintosh: 'macOS', iPhone: 'iOS', iPad: 'iPadOS' };

/** "Firefox, Linux" for the text by which a browser introduces itself; empty for programs. */
export function deviceName(userAgent: string | null): string {
  const browser = browsers.find((name) => userAgent?.includes(`${name}/`));
  const system = systems.find((name) => userAgent?.includes(name));
  return [browser && (browserNames[browser] ?? browser), system && (systemNames[system] ?? system)]
    .filter(Boolean)
    .join(', ');
}

/** Where one is signed in, and the way to end it. */
export function SessionsPanel() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const devices = useQuery(devicesQuery);
  const refresh = () => queryClient.invalidateQueries({ queryKey: devicesQuery.queryKey });
  const onError = (error: unknown) => toast.error(describe(error));
  const end = useMutation({ mutationFn: devicesApi.end, onSuccess: refresh, onError });
  const endOthers = useMutation({ mutationFn: devicesApi.endOthers, onSuccess: refresh, onError });
  const list = devices.data?.data ?? [];
  return (
    <section aria-label={t('settings.devices')} className="rounded-panel border bg-surface p-5">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{t('settings.devices')}</h2>
        {list.length > 1 ? (
          <Button size="sm" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('settings.signOutOthers')}
          </Button>
        ) : null}
      </div>
      {devices.error ? (
        <ErrorState error={devices.error} onRetry={() => void devices.refetch()} />
      ) : devices.isPending ? (
        <SkeletonLines lines={3} />
      ) : (
        <ul className="divide-y">
          {list.map((device) => (
            <li key={device.id} className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
              <MonitorSmartphone aria-hidden="true" className="size-4.5 shrink-0 text-ink-faint" />
              <DeviceText device={device} />
              {device.is_current ? null : (
                <Button
                  size="sm"
                  aria-label={t('settings.signOutNamed', { name: deviceName(device.user_agent) })}
                  loading={end.isPending && end.variables === device.id}
                  onClick={() => end.mutate(device.id)}
                >
                  {t('settings.signOutDevice')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function DeviceText({ device }: { device: Device }) {
  const { t } = useTranslation();
  return (
    <div className="min-w-0 flex-1">
      <p className="flex items-center gap-2 text-base">
        <span className="truncate">{deviceName(device.user_agent) || t('settings.unknownDevice')}</span>
        {device.is_current ? <Badge tone="success">{t('settings.thisDevice')}</Badge> : null}
      </p>
      <p className="truncate text-sm text-ink-faint">
        {device.ip ?? '–'} · {t('settings.lastActive')} <RelativeTime at={device.last_used_at} />
      </p>
    </div>
  );
}
