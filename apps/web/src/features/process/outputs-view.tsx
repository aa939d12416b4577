import { useTranslation } from 'react-i18next';
import type { MessageFile } from '../../api/messages.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Markdown } from '../chat/markdown.tsx';
import { FileList } from '../chat/message-view.tsx';
import { filesOf, plainText } from './outputs.ts';

function Value({ value }: { value: unknown }) {
  const files = filesOf(value);
  if (files) {
    return (
      <FileList
        files={files.map(
          (file, index): MessageFile => ({
            id: `${index}-${file.url}`,
            type: file.type,
            url: file.url,
            ...(file.filename ? { filename: file.filename } : {}),
          }),
        )}
      />
    );
  }
  if (typeof value === 'string') return <Markdown text={value} />;
  return <CodeBlock code={plainText(value)} language="json" />;
}

/** What a workflow put out: one text as it is, several values under their names. */
export function OutputsView({ outputs }: { outputs: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation();
  const entries = Object.entries(outputs);
  if (entries.length === 0) return <p className="text-base text-ink-faint">{t('chat.noOutputs')}</p>;
  if (entries.length === 1) return <Value value={entries[0]?.[1]} />;
  return (
    <dl className="grid gap-4">
      {entries.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="mb-1 flex items-center gap-1 font-mono text-xs text-ink-faint">
            {name}
            <CopyButton text={plainText(value)} label={t('chat.copyValue', { name })} />
          </dt>
          <dd className="min-w-0">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
