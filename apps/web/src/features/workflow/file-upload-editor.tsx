import { useTranslation } from 'react-i18next';
import type { FileUploadConfig } from '../../api/model-config.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { SwitchRow } from '../../ui/switch.tsx';

const kinds = ['image', 'document', 'audio', 'video', 'custom'] as const;
const methods = ['local_file', 'remote_url'] as const;
const maxFiles = 10;

function toggled(list: readonly string[] | undefined, item: string, on: boolean): string[] {
  const rest = (list ?? []).filter((other) => other !== item);
  return on ? [...rest, item] : rest;
}

/** Which files people may hand over, how, and how many. */
export function FileUploadEditor({
  value,
  onChange,
}: {
  value: FileUploadConfig;
  onChange: (value: FileUploadConfig) => void;
}) {
  const { t } = useTranslation();
  const enabled = value.enabled ?? false;
  return (
    <>
      <SwitchRow
        label={t('workflow.files')}
        description={t('workflow.filesHelp')}
        checked={enabled}
        onCheckedChange={(on) =>
          onChange({
            ...value,
            enabled: on,
            allowed_file_types: value.allowed_file_types?.length ? value.allowed_file_types : ['image'],
            allowed_file_upload_methods: value.allowed_file_upload_methods?.length
              ? value.allowed_file_upload_methods
              : [...methods],
            number_limits: value.number_limits ?? 3,
          })
        }
      />
      {enabled ? (
        <div className="grid gap-4 rounded-panel border bg-surface p-3">
          <fieldset className="grid gap-2">
            <legend className="mb-1.5 text-sm font-medium">{t('workflow.fileKinds')}</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-2">
              {kinds.map((kind) => (
                <Checkbox
                  key={kind}
                  label={t(`workflow.fileKind_${kind}`)}
                  checked={value.allowed_file_types?.includes(kind) ?? false}
                  onCheckedChange={(on) =>
                    onChange({ ...value, allowed_file_types: toggled(value.allowed_file_types, kind, on) })
                  }
                />
              ))}
            </div>
          </fieldset>
          {value.allowed_file_types?.includes('custom') ? (
            <Field label={t('workflow.extensions')} help={t('workflow.extensionsHelp')}>
              {(control) => (
                <Input
                  {...control}
                  defaultValue={value.allowed_file_extensions?.join(', ')}
                  onBlur={(event) =>
                    onChange({
                      ...value,
                      allowed_file_extensions: event.target.value.split(/[\s,;]+/).filter(Boolean),
                    })
                  }
                />
              )}
            </Field>
          ) : null}
          <fieldset className="grid gap-2">
            <legend className="mb-1.5 text-sm font-medium">{t('workflow.fileMethods')}</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-2">
              {methods.map((method) => (
                <Checkbox
                  key={method}
                  label={t(`workflow.fileMethod_${method}`)}
                  checked={value.allowed_file_upload_methods?.includes(method) ?? false}
                  onCheckedChange={(on) =>
                    onChange({
                      ...value,
                      allowed_file_upload_methods: toggled(value.allowed_file_upload_methods, method, on),
                    })
                  }
                />
              ))}
            </div>
          </fieldset>
          <Field label={t('studio.maxFiles')} className="max-w-40">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={maxFiles}
                value={value.number_limits ?? 3}
                onChange={(event) => {
                  const count = Math.min(maxFiles, Math.max(1, Math.trunc(event.target.valueAsNumber)));
                  if (Number.isFinite(count)) onChange({ ...value, number_limits: count });
                }}
              />
            )}
          </Field>
        </div>
      ) : null}
    </>
  );
}
