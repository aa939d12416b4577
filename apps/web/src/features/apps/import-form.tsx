import { useMutation } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppImport, appsApi } from '../../api/apps.ts';
import { ApiError } from '../../api/error.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { toast } from '../../ui/toast.tsx';
import { useOpenNewApp } from './use-open-new-app.ts';

/** Ends an import: opens the app, or leaves a pending one for the person to confirm. */
export function useImportResult() {
  const { t } = useTranslation();
  const openApp = useOpenNewApp();
  const [pending, setPending] = useState<AppImport>();
  const settle = (result: AppImport) => {
    if (result.status === 'pending') {
      setPending(result);
      return;
    }
    if (result.status === 'failed' || !result.app_id) {
      throw new ApiError({
        code: 'import_failed',
        message: result.error || t('apps.importFailed'),
        status: 400,
      });
    }
    if (result.status === 'completed-with-warnings') toast.info(t('apps.importWarnings'));
    openApp(result.app_id);
  };
  return { pending, settle };
}

/** The question about a file of another version. */
export function PendingImport({
  pending,
  onSettled,
}: {
  pending: AppImport;
  onSettled: (result: AppImport) => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const confirm = useMutation({
    mutationFn: async () => onSettled(await appsApi.confirmImport(pending.id)),
  });
  return (
    <div className="grid gap-3">
      <Banner tone="warning">
        {t('apps.importVersion', {
          file: pending.imported_dsl_version,
          system: pending.current_dsl_version,
        })}
      </Banner>
      {confirm.error ? <Banner tone="danger">{describe(confirm.error)}</Banner> : null}
      <Button
        variant="primary"
        className="justify-self-end"
        loading={confirm.isPending}
        onClick={() => confirm.mutate()}
      >
        {t('apps.importAnyway')}
      </Button>
    </div>
  );
}

/** An app from a file on this machine or at an address. */
export function ImportForm() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const inputRef = useRef<HTMLInputElement>(null);
  const inputId = useId();
  const [file, setFile] = useState<File>();
  const [url, setUrl] = useState('');
  const [over, setOver] = useState(false);
  const { pending, settle } = useImportResult();
  const run = useMutation({
    mutationFn: async () => {
      const source = file
        ? ({ mode: 'yaml-content', yaml_content: await file.text() } as const)
        : ({ mode: 'yaml-url', yaml_url: url.trim() } as const);
      settle(await appsApi.importFile(source));
    },
  });
  if (pending) return <PendingImport pending={pending} onSettled={settle} />;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate();
      }}
    >
      <button
        type="button"
        onClick={() => inputRef.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          setFile(event.dataTransfer.files[0]);
        }}
        className={cx(
          'flex flex-col items-center gap-1.5 rounded-panel border border-dashed border-control px-4 py-8 text-center hover:bg-hover',
          over && 'bg-selected',
        )}
      >
        <FileUp className="size-5 text-ink-faint" />
        <span className="text-base font-medium">{file ? file.name : t('apps.dropFile')}</span>
        <span className="text-sm text-ink-faint">{t('apps.dropFileHelp')}</span>
      </button>
      <input
        ref={inputRef}
        id={inputId}
        type="file"
        accept=".yml,.yaml"
        className="hidden"
        aria-label={t('apps.dropFile')}
        onChange={(event) => setFile(event.target.files?.[0])}
      />
      <Field label={t('apps.importUrl')}>
        {(control) => (
          <Input
            {...control}
            type="url"
            value={url}
            disabled={file !== undefined}
            placeholder="https://example.com/app.yml"
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
      </Field>
      {run.error ? <Banner tone="danger">{describe(run.error)}</Banner> : null}
      <Button
        type="submit"
        variant="primary"
        className="justify-self-end"
        disabled={!file && !url.trim()}
        loading={run.isPending}
      >
        {t('apps.importAction')}
      </Button>
    </form>
  );
}
