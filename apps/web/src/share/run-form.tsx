import { Eraser, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readForm } from '../api/model-config.ts';
import {
  defaultValues,
  missingVariables,
  toInputs,
  VariablesForm,
  type VariableValues,
} from '../features/chat/variables-form.tsx';
import { Button } from '../ui/button.tsx';
import { prefill } from './prefill.ts';
import { useShare } from './share-context.ts';

/** The app's form with what was filled in, as inputs of a run. */
export function useRunForm() {
  const share = useShare();
  const variables = useMemo(() => readForm(share.parameters.user_input_form), [share.parameters]);
  const initialValues = (): VariableValues => ({
    ...defaultValues(variables),
    ...prefill(variables, share.handed.inputs),
  });
  const [values, setValues] = useState(initialValues);
  const [showMissing, setShowMissing] = useState(false);
  const missing = missingVariables(variables, values);
  return {
    variables,
    values,
    setValues,
    missing: showMissing ? missing : new Set<string>(),
    /** The inputs when the form is complete; else what is missing is marked. */
    take: (): Record<string, unknown> | undefined => {
      setShowMissing(true);
      return missing.size > 0 ? undefined : toInputs(variables, values);
    },
    clear: () => {
      setValues(initialValues());
      setShowMissing(false);
    },
  };
}

/** The form with its buttons. */
export function RunForm({
  form,
  busy,
  onRun,
  onClear,
}: {
  form: ReturnType<typeof useRunForm>;
  busy: boolean;
  onRun: (inputs: Record<string, unknown>) => void;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  const { site, api } = useShare();
  return (
    <form
      className="grid content-start gap-5 p-5 sm:p-7"
      onSubmit={(event) => {
        event.preventDefault();
        const inputs = form.take();
        if (inputs) onRun(inputs);
      }}
    >
      {site.description ? <p className="text-base text-ink-soft">{site.description}</p> : null}
      <VariablesForm
        variables={form.variables}
        values={form.values}
        onChange={form.setValues}
        missing={form.missing}
        upload={api.upload}
      />
      <div className="flex items-center gap-2">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          disabled={busy}
          icon={<Play className="size-4 fill-current" />}
        >
          {t('chat.run')}
        </Button>
        <Button
          type="button"
          variant="ghost"
          size="lg"
          icon={<Eraser className="size-4" />}
          onClick={() => {
            form.clear();
            onClear();
          }}
        >
          {t('common.clear')}
        </Button>
      </div>
    </form>
  );
}
