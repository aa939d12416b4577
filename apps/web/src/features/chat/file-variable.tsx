import { Upload, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormVariable } from '../../api/model-config.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { useLatest } from '../../lib/hooks.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { attachmentRules, type UploadFile, useAttachments } from './files.ts';

type FileFormVariable = Extract<FormVariable, { type: 'file' | 'file-list' }>;

/** A variable whose value is a file or several. */
export function FileVariable({
  variable,
  upload,
  onChange,
  labelledBy,
}: {
  variable: FileFormVariable;
  upload: UploadFile | undefined;
  onChange: (value: unknown) => void;
  labelledBy: string;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const input = useRef<HTMLInputElement>(null);
  const single = variable.type === 'file';
  const rules = attachmentRules({
    enabled: true,
    allowed_file_types: variable.allowed_file_types ?? ['document'],
    allowed_file_extensions: variable.allowed_file_extensions ?? [],
    number_limits: single ? 1 : (variable.max_length ?? 5),
  });
  const attachments = useAttachments(upload, rules);
  const report = useLatest(onChange);
  const references = JSON.stringify(attachments.references());
  useEffect(() => {
    const files = JSON.parse(references) as unknown[];
    report.current(single ? files[0] : files);
  }, [references, single, report]);
  return (
    <div className="grid gap-1.5">
      {attachments.items.map((item) => (
        <div
          key={item.key}
          className="flex items-center gap-2 rounded-control border bg-sunken ps-2.5 text-sm"
        >
          <span className="min-w-0 flex-1 truncate">
            {item.name}
            {item.error ? <span className="text-danger-ink"> · {describe(item.error)}</span> : null}
          </span>
          {item.uploaded || item.error ? (
            <IconButton
              size="sm"
              label={t('chat.removeFile', { name: item.name })}
              icon={<X />}
              onClick={() => attachments.remove(item.key)}
            />
          ) : (
            <Spinner className="m-1.5" />
          )}
        </div>
      ))}
      <Button
        icon={<Upload className="size-4" />}
        disabled={!upload || attachments.items.length >= (rules?.maxCount ?? 1)}
        onClick={() => input.current?.click()}
      >
        {t('chat.chooseFile')}
      </Button>
      <input
        ref={input}
        id={labelledBy}
        type="file"
        multiple={!single}
        accept={rules?.accept}
        className="hidden"
        onChange={(event) => {
          attachments.add(event.target.files ?? []);
          event.target.value = '';
        }}
      />
    </div>
  );
}
