import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Model, type ModelGroup, parameterRulesQuery } from '../../api/models.ts';
import { toast } from '../../ui/toast.tsx';
import { ModelPicker } from './model-picker.tsx';
import { fitParameters, ParameterPanel } from './parameter-panel.tsx';
import { useConfig, useStudio } from './studio-context.ts';

/** The model of the app and its parameters. */
export function ModelBar() {
  const { t } = useTranslation();
  const { store } = useStudio();
  const queryClient = useQueryClient();
  const [model, setModel] = useConfig('model');

  const pick = async (group: ModelGroup, picked: Model) => {
    const change = {
      provider: group.provider,
      name: picked.model,
      mode: picked.model_properties.mode ?? 'chat',
    };
    store.getState().update((config) => ({
      ...config,
      model: { ...config.model, ...change },
      ...(picked.features?.includes('vision') || !config.file_upload?.image?.enabled
        ? {}
        : { file_upload: { ...config.file_upload, image: { ...config.file_upload.image, enabled: false } } }),
    }));
    // The new model may not take every parameter of the old one; it keeps working if its rules cannot be read now.
    const rules = await queryClient
      .fetchQuery(parameterRulesQuery(group.provider, picked.model))
      .catch(() => undefined);
    const current = store.getState().config.model;
    if (!rules || current.name !== picked.model) return;
    const { kept, dropped } = fitParameters(current.completion_params, rules.data);
    if (dropped.length === 0) return;
    store.getState().update({ model: { ...current, completion_params: kept } });
    toast.info(t('studio.parametersDropped', { names: dropped.join(', ') }));
  };

  return (
    <div className="flex items-center gap-1">
      <ModelPicker value={model} onPick={(group, picked) => void pick(group, picked)} />
      <ParameterPanel
        provider={model.provider}
        model={model.name}
        parameters={model.completion_params ?? {}}
        onChange={(completion_params) => setModel({ ...model, completion_params }, 'parameters')}
      />
    </div>
  );
}
