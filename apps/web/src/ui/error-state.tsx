import { CloudOff, RotateCw, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';
import { useErrorText } from '../lib/error-text.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

/** A part of the page that could not be loaded: what happened, the id to quote, and a way to try again. */
export function ErrorState({
  error,
  onRetry,
  heading: Heading = 'h2',
}: {
  error: unknown;
  onRetry?: () => void;
  /** `h1` where this is the whole page. */
  heading?: 'h1' | 'h2';
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const api = error instanceof ApiError ? error : undefined;
  const offline = api?.code === 'network';
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-14 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-panel bg-danger-soft text-danger-ink">
        {offline ? <CloudOff className="size-5" /> : <TriangleAlert className="size-5" />}
      </div>
      <Heading className="text-md font-semibold">
        {offline ? t('common.offlineTitle') : t('common.errorTitle')}
      </Heading>
      <p className="mt-1.5 max-w-110 text-base break-words text-ink-soft">{describe(error)}</p>
      {api?.requestId ? (
        <p className="mt-2 inline-flex items-center gap-1 text-sm text-ink-faint">
          {t('common.requestId')} <code className="font-mono">{api.requestId}</code>
          <CopyButton text={api.requestId} label={t('common.copyRequestId')} />
        </p>
      ) : null}
      {onRetry ? (
        <Button className="mt-5" icon={<RotateCw className="size-4" />} onClick={onRetry}>
          {t('common.retry')}
        </Button>
      ) : null}
    </div>
  );
}
