import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppMode, appsApi } from '../../api/apps.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { IdentityFields, newIdentity } from './identity-dialog.tsx';
import { ImportForm } from './import-form.tsx';
import { modeIcons } from './mode.tsx';
import { TemplateGallery } from './template-gallery.tsx';
import { useOpenNewApp } from './use-open-new-app.ts';

/** The ways to a new app. */
export type CreateWay = 'blank' | 'template' | 'import';

/** The kinds of apps that can be built here. */
const creatableModes = ['chat', 'completion'] as const satisfies readonly AppMode[];

function BlankForm() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const openApp = useOpenNewApp();
  const modeId = useId();
  const [mode, setMode] = useState<(typeof creatableModes)[number]>('chat');
  const [identity, setIdentity] = useState(newIdentity);
  const [touched, setTouched] = useState(false);
  const nameMissing = identity.name.trim() === '';
  const create = useMutation({
    mutationFn: () => appsApi.create({ ...identity, name: identity.name.trim(), mode }),
    onSuccess: (app) => openApp(app.id),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(true);
        if (!nameMissing) create.mutate();
      }}
    >
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-1.5 text-sm font-medium">{t('apps.kind')}</legend>
        {creatableModes.map((candidate) => (
          <label
            key={candidate}
            htmlFor={`${modeId}-${candidate}`}
            className={cx(
              'flex cursor-pointer gap-3 rounded-panel border p-3 transition-colors duration-120 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              mode === candidate ? 'border-accent bg-selected' : 'hover:bg-hover',
            )}
          >
            <input
              type="radio"
              id={`${modeId}-${candidate}`}
              name={modeId}
              value={candidate}
              checked={mode === candidate}
              onChange={() => setMode(candidate)}
              className="sr-only"
            />
            <span className="mt-0.5 text-accent-ink [&_svg]:size-4.5">{modeIcons[candidate]}</span>
            <span>
              <span className="block text-base font-medium">{t(`apps.mode_${candidate}`)}</span>
              <span className="block text-sm text-ink-soft">{t(`apps.modeHelp_${candidate}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <IdentityFields
        value={identity}
        onChange={setIdentity}
        nameError={touched && nameMissing ? t('apps.nameRequired') : undefined}
      />
      {create.error ? <Banner tone="danger">{describe(create.error)}</Banner> : null}
      <Button type="submit" variant="primary" className="justify-self-end" loading={create.isPending}>
        {t('apps.createAction')}
      </Button>
    </form>
  );
}

/** A new app: empty, from a template or from a file. */
export function CreateAppDialog({ way, onClose }: { way: CreateWay; onClose: () => void }) {
  const { t } = useTranslation();
  const [tab, setTab] = useState(way);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('apps.create')}
      size="lg"
    >
      <Tabs
        label={t('apps.create')}
        value={tab}
        onValueChange={setTab}
        items={[
          { value: 'blank', label: t('apps.fromBlank'), content: <BlankForm /> },
          { value: 'template', label: t('apps.fromTemplate'), content: <TemplateGallery /> },
          { value: 'import', label: t('apps.importFile'), content: <ImportForm /> },
        ]}
      />
    </Dialog>
  );
}
