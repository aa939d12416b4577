import { Archive } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ModelConfig } from '../../api/model-config.ts';
import { Section } from './section.tsx';
import { useStudioState } from './studio-context.ts';

type Data = Readonly<Record<string, unknown>>;

const dataOf = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Names of things in a list, by the first of the keys that each has. */
function namesIn(list: readonly unknown[], keys: readonly string[]): string {
  return list
    .map((item) => keys.map((key) => dataOf(item)[key]).find((name) => typeof name === 'string' && name))
    .filter(Boolean)
    .join(', ');
}

/** Parts of a configuration that this version keeps, exports and does not carry out, with what they are set to. */
function keptParts(config: ModelConfig): { key: 'agent' | 'knowledge' | 'annotations'; detail: string }[] {
  const agent = dataOf(config['agent_mode']);
  const tools = listOf(agent['tools']);
  const datasets = listOf(dataOf(dataOf(config['dataset_configs'])['datasets'])['datasets']);
  return [
    ...(agent['enabled'] === true || tools.length > 0
      ? [{ key: 'agent' as const, detail: namesIn(tools, ['tool_label', 'tool_name', 'provider_name']) }]
      : []),
    ...(datasets.length > 0
      ? [
          {
            key: 'knowledge' as const,
            detail: namesIn(
              datasets.map((item) => dataOf(item)['dataset']),
              ['name', 'id'],
            ),
          },
        ]
      : []),
    ...(dataOf(config['annotation_reply'])['enabled'] === true
      ? [{ key: 'annotations' as const, detail: '' }]
      : []),
  ];
}

/** What an imported configuration has that cannot be used here yet; nothing is shown where it has nothing. */
export function KeptSection() {
  const { t } = useTranslation();
  const config = useStudioState((state) => state.config);
  const parts = keptParts(config);
  if (parts.length === 0) return null;
  return (
    <Section title={t('studio.kept')} help={t('studio.keptHelp')}>
      <ul className="divide-y overflow-hidden rounded-panel border bg-surface">
        {parts.map(({ key, detail }) => (
          <li key={key} className="flex items-start gap-2.5 px-3 py-2.5">
            <Archive aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-faint" />
            <div className="min-w-0">
              <p className="text-base font-medium">{t(`studio.kept_${key}`)}</p>
              {detail ? <p className="text-sm break-words text-ink-soft">{detail}</p> : null}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
