import { ArrowDown, ArrowUp, MoreHorizontal, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type FormVariable, readForm, writeForm } from '../../api/model-config.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { promptTexts, renameInPrompts, usedVariables } from './prompt-variables.ts';
import { Section } from './section.tsx';
import { useStudio, useStudioState } from './studio-context.ts';
import { VariableDialog } from './variable-dialog.tsx';

/** The variables of the draft, read from their wire form. */
export function useVariables(): FormVariable[] {
  return readForm(useStudioState((state) => state.config.user_input_form));
}

/** A function that adds text variables for names that a prompt uses. */
export function useAddVariables(): (names: readonly string[]) => void {
  const { store } = useStudio();
  return (names) =>
    store.getState().update((config) => ({
      ...config,
      user_input_form: [
        ...config.user_input_form,
        ...writeForm(
          names.map((name) => ({
            type: 'text-input' as const,
            variable: name,
            label: name,
            required: true,
            max_length: 48,
            default: '',
          })),
        ),
      ],
    }));
}

function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** What people fill in before the app runs. */
export function VariableSection() {
  const { t } = useTranslation();
  const { store } = useStudio();
  const variables = useVariables();
  const config = useStudioState((state) => state.config);
  const [editing, setEditing] = useState<{ variable: FormVariable | undefined }>();
  const [removing, setRemoving] = useState<FormVariable>();
  const used = new Set(promptTexts(config).flatMap(usedVariables));
  const write = (next: readonly FormVariable[]) =>
    store.getState().update({ user_input_form: writeForm(next) });

  const save = (variable: FormVariable) => {
    const before = editing?.variable;
    store.getState().update((current) => {
      const form = readForm(current.user_input_form);
      const next = before
        ? form.map((item) => (item.variable === before.variable ? variable : item))
        : [...form, variable];
      const renamed =
        before && before.variable !== variable.variable
          ? renameInPrompts(current, before.variable, variable.variable)
          : current;
      return { ...renamed, user_input_form: writeForm(next) };
    });
    setEditing(undefined);
  };
  const remove = (variable: FormVariable) =>
    write(variables.filter((item) => item.variable !== variable.variable));

  return (
    <Section
      title={t('studio.variables')}
      help={t('studio.variablesHelp')}
      action={
        <Button
          size="sm"
          variant="ghost"
          icon={<Plus className="size-4" />}
          onClick={() => setEditing({ variable: undefined })}
        >
          {t('common.add')}
        </Button>
      }
    >
      {variables.length === 0 ? (
        <p className="text-sm text-ink-faint">{t('studio.variablesEmpty', { example: '{{topic}}' })}</p>
      ) : (
        <ul className="divide-y rounded-panel border bg-surface">
          {variables.map((variable, index) => (
            <li key={variable.variable} className="flex h-11 items-center gap-2 ps-3 pe-1.5">
              <code className="truncate font-mono text-sm">{variable.variable}</code>
              <span className="min-w-0 flex-1 truncate text-sm text-ink-faint">
                {variable.label === variable.variable ? '' : variable.label}
              </span>
              {used.has(variable.variable) ? null : <Badge>{t('studio.unused')}</Badge>}
              {variable.required ? <Badge>{t('studio.required')}</Badge> : null}
              <Badge>{t(`studio.type_${variable.type}`)}</Badge>
              <IconButton
                size="sm"
                label={t('studio.editNamed', { name: variable.variable })}
                icon={<Pencil />}
                onClick={() => setEditing({ variable })}
              />
              <Menu
                trigger={
                  <IconButton
                    size="sm"
                    label={t('studio.moreFor', { name: variable.variable })}
                    icon={<MoreHorizontal />}
                  />
                }
                groups={[
                  {
                    key: 'move',
                    entries: [
                      {
                        key: 'up',
                        label: t('common.moveUp'),
                        icon: <ArrowUp />,
                        disabled: index === 0,
                        onSelect: () => write(moved(variables, index, index - 1)),
                      },
                      {
                        key: 'down',
                        label: t('common.moveDown'),
                        icon: <ArrowDown />,
                        disabled: index === variables.length - 1,
                        onSelect: () => write(moved(variables, index, index + 1)),
                      },
                    ],
                  },
                  {
                    key: 'remove',
                    entries: [
                      {
                        key: 'remove',
                        label: t('common.delete'),
                        icon: <Trash2 />,
                        danger: true,
                        onSelect: () =>
                          used.has(variable.variable) ? setRemoving(variable) : remove(variable),
                      },
                    ],
                  },
                ]}
              />
            </li>
          ))}
        </ul>
      )}
      {editing ? (
        <VariableDialog
          variable={editing.variable}
          takenKeys={new Set(variables.map((item) => item.variable))}
          onSave={save}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
      <ConfirmDialog
        open={removing !== undefined}
        onOpenChange={() => setRemoving(undefined)}
        title={t('studio.removeVariable', { name: removing?.variable ?? '' })}
        body={t('studio.removeVariableBody')}
        confirmLabel={t('common.delete')}
        danger
        onConfirm={() => {
          if (removing) remove(removing);
          setRemoving(undefined);
        }}
      />
    </Section>
  );
}
