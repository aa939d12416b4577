import { Braces, Plus } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormVariable } from '../../api/model-config.ts';
import { useLanguage } from '../../i18n/language.ts';
import { cx } from '../../lib/cx.ts';
import { formatNumber } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { splitPrompt, unknownVariables } from './prompt-variables.ts';

const textClass = 'px-3 py-2.5 font-sans text-base leading-[1.6] break-words whitespace-pre-wrap';

interface PromptEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly variables: readonly FormVariable[];
  /** Makes variables for names that were typed. */
  readonly onAddVariables: (names: readonly string[]) => void;
  readonly label: string;
  readonly placeholder: string;
  readonly minHeightPx?: number;
}

/** The prompt as it is typed, with its placeholders marked: green for known variables, amber for unknown names. */
function Highlights({ value, known }: { value: string; known: ReadonlySet<string> }) {
  let at = 0;
  return splitPrompt(value).map(({ text, variable }) => {
    const key = `${at}-${text}`;
    at += text.length;
    return variable ? (
      <mark
        key={key}
        className={cx(
          'rounded-sm',
          known.has(variable) ? 'bg-accent-soft text-accent-ink' : 'bg-warning-soft text-warning-ink',
        )}
      >
        {text}
      </mark>
    ) : (
      <span key={key}>{text}</span>
    );
  });
}

/** A text area for prompts: marks variables, inserts them, and offers to make the ones that do not exist. */
export function PromptEditor(props: PromptEditorProps) {
  const { value, onChange, variables } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | undefined>(undefined);
  const known = new Set(variables.map((variable) => variable.variable));
  const unknown = unknownVariables(value, variables);

  useLayoutEffect(() => {
    if (caret.current === undefined || !area.current) return;
    area.current.focus();
    area.current.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });

  const insert = (name: string) => {
    const start = area.current?.selectionStart ?? value.length;
    const end = area.current?.selectionEnd ?? start;
    const token = `{{${name}}}`;
    caret.current = start + token.length;
    onChange(value.slice(0, start) + token + value.slice(end));
  };

  return (
    <div className="rounded-panel border border-control bg-surface focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/20">
      <div className="relative grid">
        {/* Both layers have the same box and text, so that marks lie exactly under the letters. */}
        <div
          aria-hidden="true"
          className={cx(textClass, 'pointer-events-none col-start-1 row-start-1 min-h-full')}
        >
          <Highlights value={value} known={known} />
          {/* A last empty line needs a character to have a height. */}
          {'​'}
        </div>
        <textarea
          ref={area}
          value={value}
          aria-label={props.label}
          placeholder={props.placeholder}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          style={{ minHeight: props.minHeightPx ?? 180 }}
          className={cx(
            textClass,
            'col-start-1 row-start-1 block h-full w-full resize-none overflow-hidden bg-transparent text-transparent caret-ink outline-none',
          )}
        />
      </div>
      <div className="flex flex-wrap items-center gap-1 border-t px-1.5 py-1">
        <Menu
          align="start"
          trigger={
            <Button size="sm" variant="ghost" icon={<Braces className="size-3.5" />}>
              {t('studio.insertVariable')}
            </Button>
          }
          groups={[
            {
              key: 'variables',
              entries: variables.length
                ? variables.map((variable) => ({
                    key: variable.variable,
                    label: variable.variable,
                    hint: variable.label,
                    onSelect: () => insert(variable.variable),
                  }))
                : [
                    {
                      key: 'none',
                      label: t('studio.noVariables'),
                      disabled: true,
                      onSelect: () => undefined,
                    },
                  ],
            },
          ]}
        />
        {unknown.length > 0 ? (
          <Button
            size="sm"
            variant="ghost"
            className="!text-warning-ink"
            icon={<Plus className="size-3.5" />}
            onClick={() => props.onAddVariables(unknown)}
          >
            {t('studio.addUnknown', { names: unknown.join(', ') })}
          </Button>
        ) : null}
        <span className="tabular ms-auto text-xs text-ink-faint">{formatNumber(value.length, language)}</span>
        <CopyButton text={value} label={t('studio.copyPrompt')} />
      </div>
    </div>
  );
}
