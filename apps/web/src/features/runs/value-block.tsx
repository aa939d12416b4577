import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/copy-button.tsx';

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** A value as people read and copy it: text as it is, everything else as indented JSON. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

/** What went into or came out of a step, under its name. */
export function ValueBlock({ label, value }: { label: string; value: unknown }) {
  const { t } = useTranslation();
  const text = textOfValue(value);
  return (
    <div className="overflow-hidden rounded-control border bg-sunken">
      <div className="flex h-8 items-center justify-between border-b ps-2.5 pe-0.5">
        <span className="text-xs font-medium text-ink-soft">{label}</span>
        {isEmpty(value) ? null : <CopyButton text={text} label={t('runs.copyValue', { name: label })} />}
      </div>
      {isEmpty(value) ? (
        <p className="px-2.5 py-2 text-sm text-ink-faint">{t('runs.nothing')}</p>
      ) : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long values must be scrollable by keyboard.
          tabIndex={0}
          className="max-h-80 overflow-auto px-2.5 py-2 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap focus-visible:-outline-offset-2"
        >
          {text}
        </pre>
      )}
    </div>
  );
}
