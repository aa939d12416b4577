import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppIdentity, AppSummary } from '../../api/apps.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { AppIcon } from '../../ui/avatar.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Popover } from '../../ui/popover.tsx';

/** Longest name of an app, in characters. */
export const maxNameLength = 40;
const maxDescriptionLength = 400;

const emojis = [
  ...'🤖💬📝📚🔎🧭🧠🎯🛠️📈🧾🎓🌱🧪🗂️🩺⚖️🎨🌍🚚🏠🍳✈️🎧💡🔐📣🧩🪴☕'.matchAll(/\p{Emoji}\uFE0F?/gu),
].map(([emoji]) => emoji);
const backgrounds = [
  '#E3F1E6',
  '#E6EEF8',
  '#F1E8F5',
  '#FBE9E5',
  '#FBF1D9',
  '#E2F1F1',
  '#ECEAE4',
  '#F8E6EE',
] as const;

/** How a new app looks before anything was chosen. */
export const newIdentity: AppIdentity = {
  name: '',
  description: '',
  icon_type: 'emoji',
  icon: '🤖',
  icon_background: backgrounds[0],
};

/** The changeable part of an app's appearance. */
export function identityOf(app: AppSummary): AppIdentity {
  return {
    name: app.name,
    description: app.description ?? '',
    icon_type: app.icon_type ?? 'emoji',
    icon: app.icon ?? newIdentity.icon,
    icon_background: app.icon_background ?? newIdentity.icon_background,
  };
}

function IconPicker({ value, onChange }: { value: AppIdentity; onChange: (value: AppIdentity) => void }) {
  const { t } = useTranslation();
  return (
    <Popover
      align="start"
      label={t('apps.icon')}
      className="w-72"
      trigger={
        <button type="button" aria-label={t('apps.chooseIcon')} className="rounded-control">
          <AppIcon icon={value} className="!size-8.5" />
        </button>
      }
    >
      <div className="grid grid-cols-8 gap-1">
        {emojis.map((emoji) => (
          <button
            key={emoji}
            type="button"
            aria-label={emoji}
            aria-pressed={value.icon === emoji}
            onClick={() => onChange({ ...value, icon_type: 'emoji', icon: emoji })}
            className={cx(
              'flex size-7.5 items-center justify-center rounded-control text-md hover:bg-hover',
              value.icon === emoji && 'bg-selected',
            )}
          >
            {emoji}
          </button>
        ))}
      </div>
      <div className="mt-3 flex gap-1.5 border-t pt-3">
        {backgrounds.map((colour) => (
          <button
            key={colour}
            type="button"
            aria-label={t('apps.background', { colour })}
            aria-pressed={value.icon_background === colour}
            onClick={() => onChange({ ...value, icon_background: colour })}
            className={cx(
              'size-6.5 rounded-full border',
              value.icon_background === colour && 'outline-2 outline-offset-1 outline-accent',
            )}
            style={{ background: colour }}
          />
        ))}
      </div>
    </Popover>
  );
}

/** Name, icon and description of an app. */
export function IdentityFields({
  value,
  onChange,
  nameError,
}: {
  value: AppIdentity;
  onChange: (value: AppIdentity) => void;
  nameError?: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Field label={t('apps.name')} required error={nameError}>
        {(control) => (
          <div className="flex gap-2">
            <IconPicker value={value} onChange={onChange} />
            <Input
              {...control}
              autoFocus
              value={value.name}
              maxLength={maxNameLength}
              placeholder={t('apps.namePlaceholder')}
              onChange={(event) => onChange({ ...value, name: event.target.value })}
            />
          </div>
        )}
      </Field>
      <Field label={t('apps.description')}>
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            value={value.description}
            maxLength={maxDescriptionLength}
            placeholder={t('apps.descriptionPlaceholder')}
            onChange={(event) => onChange({ ...value, description: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** A dialog that asks for an app's appearance and does something with it. */
export function IdentityDialog<R>({
  title,
  action,
  initial,
  save,
  onSaved,
  onClose,
  children,
}: {
  title: string;
  action: string;
  initial: AppIdentity;
  save: (identity: AppIdentity) => Promise<R>;
  onSaved: (result: R) => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const formId = useId();
  const [identity, setIdentity] = useState(initial);
  const [touched, setTouched] = useState(false);
  const nameMissing = identity.name.trim() === '';
  const saving = useMutation({ mutationFn: save, onSuccess: onSaved });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={saving.isPending}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTouched(true);
          if (!nameMissing) saving.mutate({ ...identity, name: identity.name.trim() });
        }}
      >
        {children}
        <IdentityFields
          value={identity}
          onChange={setIdentity}
          nameError={touched && nameMissing ? t('apps.nameRequired') : undefined}
        />
        {saving.error ? <Banner tone="danger">{describe(saving.error)}</Banner> : null}
      </form>
    </Dialog>
  );
}
