import { useQuery } from '@tanstack/react-query';
import { CircleHelp, SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ParameterRule, parameterRulesQuery } from '../../api/models.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { NumberSlider } from '../../ui/slider.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';

/** Parameters of a model call by name; what is absent is left to the model. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Sets of values for common wishes; each is offered when the model knows all its parameters. */
const presets = [
  {
    key: 'creative',
    values: { temperature: 0.8, top_p: 0.9, presence_penalty: 0.1, frequency_penalty: 0.1 },
  },
  {
    key: 'balanced',
    values: { temperature: 0.5, top_p: 0.85, presence_penalty: 0.2, frequency_penalty: 0.3 },
  },
  {
    key: 'precise',
    values: { temperature: 0.2, top_p: 0.75, presence_penalty: 0.5, frequency_penalty: 0.5 },
  },
] as const;

/** The value a parameter starts with when it is switched on. */
function startValue(rule: ParameterRule): unknown {
  if (rule.default !== undefined && rule.default !== null) return rule.default;
  if (rule.type === 'boolean') return false;
  if (rule.type === 'float' || rule.type === 'int') return rule.min ?? 0;
  return rule.options?.[0] ?? '';
}

/** Keeps the parameters that the rules of another model accept; `dropped` names the others. */
export function fitParameters(
  parameters: Parameters,
  rules: readonly ParameterRule[],
): { kept: Parameters; dropped: string[] } {
  const kept: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const rule = rules.find((candidate) => candidate.name === name);
    const inRange =
      typeof value !== 'number' || (value >= (rule?.min ?? -Infinity) && value <= (rule?.max ?? Infinity));
    const listed = !rule?.options?.length || rule.options.includes(String(value));
    if (name === 'stop' || (rule && inRange && listed)) kept[name] = value;
    else dropped.push(name);
  }
  return { kept, dropped };
}

function ParameterControl({
  rule,
  value,
  disabled,
  onChange,
}: {
  rule: ParameterRule;
  value: unknown;
  disabled: boolean;
  onChange: (value: unknown) => void;
}): ReactNode {
  const language = useLanguage();
  const label = localize(rule.label, language) || rule.name;
  if (rule.options?.length) {
    return (
      <Select
        aria-label={label}
        disabled={disabled}
        value={value === undefined ? null : String(value)}
        onValueChange={onChange}
        options={rule.options.map((option) => ({ value: option, label: option }))}
      />
    );
  }
  switch (rule.type) {
    case 'float':
    case 'int': {
      const min = rule.min ?? 0;
      const max = rule.max ?? Math.max(1, Number(value) || 1);
      const step = rule.type === 'int' ? 1 : 10 ** -(rule.precision ?? 2);
      return (
        <NumberSlider
          label={label}
          disabled={disabled}
          value={typeof value === 'number' ? value : Number(startValue(rule))}
          min={min}
          max={max}
          step={step}
          onValueChange={onChange}
        />
      );
    }
    case 'boolean':
      return (
        <Switch aria-label={label} disabled={disabled} checked={value === true} onCheckedChange={onChange} />
      );
    case 'text':
      return (
        <Textarea
          aria-label={label}
          disabled={disabled}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return (
        <Input
          aria-label={label}
          disabled={disabled}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

function ParameterRow({
  rule,
  parameters,
  onChange,
}: {
  rule: ParameterRule;
  parameters: Parameters;
  onChange: (parameters: Parameters) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const label = localize(rule.label, language) || rule.name;
  const help = localize(rule.help, language);
  const on = rule.required || rule.name in parameters;
  const value = parameters[rule.name] ?? startValue(rule);
  return (
    <div className="grid gap-1">
      <div className="flex items-center gap-1.5">
        <span className="text-sm font-medium">{label}</span>
        {help ? (
          <Tooltip label={help}>
            <button
              type="button"
              aria-label={t('studio.helpFor', { name: label })}
              className="text-ink-faint"
            >
              <CircleHelp className="size-3.5" />
            </button>
          </Tooltip>
        ) : null}
        {rule.required ? null : (
          <span className="ms-auto">
            <Switch
              aria-label={t('studio.useParameter', { name: label })}
              checked={on}
              onCheckedChange={(checked) => {
                const { [rule.name]: _removed, ...rest } = parameters;
                onChange(checked ? { ...rest, [rule.name]: startValue(rule) } : rest);
              }}
            />
          </span>
        )}
      </div>
      <ParameterControl
        rule={rule}
        value={value}
        disabled={!on}
        onChange={(next) => onChange({ ...parameters, [rule.name]: next })}
      />
    </div>
  );
}

/** The parameters of the chosen model, each with the control of its type. */
export function ParameterPanel({
  provider,
  model,
  parameters,
  onChange,
}: {
  provider: string;
  model: string;
  parameters: Parameters;
  onChange: (parameters: Parameters) => void;
}) {
  const { t } = useTranslation();
  const rules = useQuery(parameterRulesQuery(provider, model));
  const known = new Set(rules.data?.data.map((rule) => rule.name));
  const offered = presets.filter((preset) => Object.keys(preset.values).every((name) => known.has(name)));
  return (
    <Popover
      label={t('studio.parameters')}
      className="w-88"
      trigger={
        <IconButton
          size="sm"
          variant="secondary"
          label={t('studio.parameters')}
          icon={<SlidersHorizontal />}
          disabled={model === ''}
        />
      }
    >
      <div className="grid gap-4">
        {rules.error ? (
          <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
        ) : rules.isPending ? (
          <SkeletonLines lines={5} />
        ) : (
          <>
            {offered.length > 0 ? (
              <div className="flex flex-wrap gap-1.5">
                {offered.map((preset) => (
                  <Button
                    key={preset.key}
                    size="sm"
                    onClick={() => onChange({ ...parameters, ...preset.values })}
                  >
                    {t(`studio.preset_${preset.key}`)}
                  </Button>
                ))}
              </div>
            ) : null}
            {rules.data.data.map((rule) => (
              <ParameterRow key={rule.name} rule={rule} parameters={parameters} onChange={onChange} />
            ))}
            {rules.data.data.length === 0 ? (
              <p className="text-base text-ink-soft">{t('studio.noParameters')}</p>
            ) : null}
          </>
        )}
      </div>
    </Popover>
  );
}
