import { useMutation } from '@tanstack/react-query';
import { Braces, Lock, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type ConversationVariable,
  conversationTypes,
  type EnvironmentVariable,
  environmentTypes,
  type ValueType,
  workflowsApi,
} from '../../api/workflows.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { textOfValue } from '../runs/value-block.tsx';
import { type EditedVariable, GraphVariableDialog } from './variable-dialog.tsx';
import { useWorkflow } from './workflow-context.ts';

/** A variable as the list shows it. */
type Listed = EnvironmentVariable | ConversationVariable;

function shownValue(variable: Listed): ReactNode {
  if (variable.value_type === 'secret') return variable.value === '' ? '–' : '••••••••';
  return textOfValue(variable.value).replaceAll(/\s+/g, ' ') || '–';
}

/** One kind of variables: listed, added, changed and removed; every change is kept at once. */
function VariableList<V extends Listed>({
  title,
  help,
  scope,
  variables,
  types,
  save,
}: {
  title: string;
  help: string;
  /** How nodes name them: `env` or `conversation`. */
  scope: 'env' | 'conversation';
  variables: readonly V[];
  types: readonly ValueType[];
  save: (variables: readonly V[]) => Promise<unknown>;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { refresh } = useWorkflow();
  const [editing, setEditing] = useState<V | 'new'>();
  const [removing, setRemoving] = useState<V>();
  const keep = useMutation({
    mutationFn: save,
    onSuccess: () => {
      setEditing(undefined);
      setRemoving(undefined);
      refresh();
    },
  });
  const put = (edited: EditedVariable) => {
    const rest = variables.filter((variable) => variable.id !== edited.id);
    const place = variables.findIndex((variable) => variable.id === edited.id);
    // The dialog keeps what it does not edit, so the variable is of the kind that was handed in.
    const changed = edited as unknown as V;
    keep.mutate(place < 0 ? [...rest, changed] : variables.map((old, at) => (at === place ? changed : old)));
  };
  return (
    <section aria-label={title} className="grid gap-2.5">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">{title}</h2>
          <p className="text-sm text-ink-faint">{help}</p>
        </div>
        <Button size="sm" icon={<Plus className="size-4" />} onClick={() => setEditing('new')}>
          {t('common.add')}
        </Button>
      </div>
      {variables.length === 0 ? (
        <p className="rounded-panel border border-dashed px-3 py-3 text-sm text-ink-faint">
          {t('workflow.noVariables')}
        </p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-panel border bg-surface">
          {variables.map((variable) => (
            <li
              key={variable.id || variable.name}
              className="relative flex items-center gap-2.5 px-3 py-2 hover:bg-hover"
            >
              {variable.value_type === 'secret' ? (
                <Lock aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
              ) : (
                <Braces aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
              )}
              <div className="min-w-0 flex-1">
                <div className="flex items-center gap-2">
                  <button
                    type="button"
                    onClick={() => setEditing(variable)}
                    className="min-w-0 truncate text-start font-mono text-sm after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                  >
                    {scope}.{variable.name}
                  </button>
                  <Badge>{t(`workflow.valueType_${variable.value_type}`)}</Badge>
                </div>
                <p className="truncate text-sm text-ink-soft">{shownValue(variable)}</p>
                {variable.description ? (
                  <p className="truncate text-sm text-ink-faint">{variable.description}</p>
                ) : null}
              </div>
              <IconButton
                size="sm"
                className="relative z-1"
                label={t('workflow.removeNamed', { name: variable.name })}
                icon={<Trash2 />}
                onClick={() => setRemoving(variable)}
              />
            </li>
          ))}
        </ul>
      )}
      {editing ? (
        <GraphVariableDialog
          scope={scope}
          types={types}
          variable={editing === 'new' ? undefined : editing}
          takenNames={variables.filter((variable) => variable !== editing).map(({ name }) => name)}
          pending={keep.isPending}
          error={keep.error ? describe(keep.error) : undefined}
          onSave={put}
          onClose={() => {
            keep.reset();
            setEditing(undefined);
          }}
        />
      ) : null}
      {removing ? (
        <ConfirmDialog
          open
          onOpenChange={() => {
            keep.reset();
            setRemoving(undefined);
          }}
          title={t('studio.removeVariable', { name: removing.name })}
          body={t('workflow.removeVariableBody')}
          confirmLabel={t('common.delete')}
          danger
          pending={keep.isPending}
          error={keep.error ? describe(keep.error) : undefined}
          onConfirm={() => keep.mutate(variables.filter((variable) => variable !== removing))}
        />
      ) : null}
    </section>
  );
}

/** The constants of the app, and for chatflows what conversations remember. */
export function VariablesPanel() {
  const { t } = useTranslation();
  const { app, draft } = useWorkflow();
  return (
    <div className="grid gap-7 p-4 sm:p-5">
      <VariableList
        title={t('workflow.environment')}
        help={t('workflow.environmentHelp')}
        scope="env"
        variables={draft.environment_variables}
        types={environmentTypes}
        save={(variables) => workflowsApi.saveEnvironment(app.id, variables)}
      />
      {app.mode === 'advanced-chat' ? (
        <VariableList
          title={t('workflow.conversation')}
          help={t('workflow.conversationHelp')}
          scope="conversation"
          variables={draft.conversation_variables}
          types={conversationTypes}
          save={(variables) => workflowsApi.saveConversation(app.id, variables)}
        />
      ) : null}
    </div>
  );
}
