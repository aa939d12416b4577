import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, ChevronsUpDown, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelChoice } from '../../api/model-config.ts';
import { type Model, type ModelGroup, modelsQuery } from '../../api/models.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { cx } from '../../lib/cx.ts';
import { formatNumber } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { Popover } from '../../ui/popover.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { ProviderIcon } from '../settings/provider-icon.tsx';

/** What of a model's abilities is worth a tag in a list. */
const shownFeatures = ['vision', 'document', 'audio', 'video', 'tool-call', 'agent-thought'] as const;

/** The chosen model among those on offer. */
export function findModel(
  groups: readonly ModelGroup[] | undefined,
  choice: Pick<ModelChoice, 'provider' | 'name'>,
): { group: ModelGroup; model: Model } | undefined {
  for (const group of groups ?? []) {
    if (group.provider !== choice.provider) continue;
    const model = group.models.find((candidate) => candidate.model === choice.name);
    if (model) return { group, model };
  }
  return undefined;
}

function ModelTags({ model }: { model: Model }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const context = model.model_properties.context_size;
  return (
    <span className="flex flex-wrap gap-1">
      {context ? <Badge>{formatNumber(context, language, true)}</Badge> : null}
      {shownFeatures
        .filter((feature) => model.features?.includes(feature))
        .map((feature) => (
          <Badge key={feature}>{t(`studio.feature_${feature}`)}</Badge>
        ))}
    </span>
  );
}

function ModelList({
  groups,
  value,
  onPick,
}: {
  groups: readonly ModelGroup[];
  value: Pick<ModelChoice, 'provider' | 'name'>;
  onPick: (group: ModelGroup, model: Model) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search, setSearch] = useState('');
  const words = search.toLowerCase();
  const shown = groups
    .map((group) => ({
      ...group,
      models: group.models.filter((model) =>
        `${localize(group.label, language)} ${localize(model.label, language)} ${model.model}`
          .toLowerCase()
          .includes(words),
      ),
    }))
    .filter((group) => group.models.length > 0);
  return (
    <div className="grid gap-2">
      <SearchInput value={search} onValueChange={setSearch} label={t('studio.searchModels')} />
      <div className="-mx-2 max-h-90 overflow-y-auto">
        {shown.map((group) => (
          <div key={group.provider}>
            <div className="flex items-center gap-2 px-2 pt-2.5 pb-1 text-xs font-medium text-ink-faint">
              <ProviderIcon provider={group} className="!size-4 !text-xs" />
              {localize(group.label, language)}
            </div>
            {group.models.map((model) => {
              const chosen = value.provider === group.provider && value.name === model.model;
              return (
                <button
                  key={model.model}
                  type="button"
                  aria-pressed={chosen}
                  onClick={() => onPick(group, model)}
                  className={cx(
                    'flex w-full items-center gap-2 rounded-control px-2 py-1.5 text-start hover:bg-hover',
                    chosen && 'bg-selected',
                  )}
                >
                  <span className="min-w-0 flex-1">
                    <span className="block truncate text-base">
                      {localize(model.label, language) || model.model}
                    </span>
                    <ModelTags model={model} />
                  </span>
                  {chosen ? <Check className="size-4 text-accent-ink" /> : null}
                </button>
              );
            })}
          </div>
        ))}
        {shown.length === 0 ? (
          <p className="px-2 py-6 text-center text-base text-ink-faint">{t('studio.noModelMatches')}</p>
        ) : null}
      </div>
    </div>
  );
}

/** Chooses a language model; says what is missing where none can be chosen. */
export function ModelPicker({
  value,
  onPick,
}: {
  value: Pick<ModelChoice, 'provider' | 'name'>;
  onPick: (group: ModelGroup, model: Model) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const models = useQuery(modelsQuery('llm'));
  const groups = models.data?.data ?? [];
  const found = findModel(models.data?.data, value);
  const missing = models.isSuccess && value.name !== '' && !found;
  const name = found ? localize(found.model.label, language) || found.model.model : value.name;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      label={t('studio.model')}
      className="w-96"
      trigger={
        <button type="button" className={cx(buttonClass('secondary', 'sm'), 'max-w-56')}>
          {found ? <ProviderIcon provider={found.group} className="!size-4.5 !text-xs" /> : null}
          {missing ? <TriangleAlert className="size-4 text-warning-ink" /> : null}
          <span className="sr-only">{t('studio.model')}: </span>
          <span className="truncate">{name || t('studio.chooseModel')}</span>
          <ChevronsUpDown className="size-3.5 text-ink-faint" aria-hidden="true" />
        </button>
      }
    >
      {models.error ? (
        <ErrorState error={models.error} onRetry={() => void models.refetch()} />
      ) : models.isPending ? (
        <SkeletonLines lines={5} />
      ) : groups.length === 0 ? (
        <div className="grid justify-items-start gap-3">
          <p className="text-base text-ink-soft">{t('studio.noModels')}</p>
          <Link to="/settings/models" className={buttonClass('primary', 'sm')}>
            {t('studio.setUpProvider')}
          </Link>
        </div>
      ) : (
        <>
          {missing ? (
            <p className="mb-2 rounded-control bg-warning-soft px-2.5 py-1.5 text-sm">
              {t('studio.modelGone', { name: value.name })}
            </p>
          ) : null}
          <ModelList
            groups={groups}
            value={value}
            onPick={(group, model) => {
              onPick(group, model);
              setOpen(false);
            }}
          />
        </>
      )}
    </Popover>
  );
}
