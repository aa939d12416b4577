import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VersionMarks } from '../../api/workflows.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';

/** Longest name and note that the server takes, in characters. */
const maxName = 20;
const maxNote = 100;

/** Asks what a version is called and what is new in it. */
export function VersionDialog({
  title,
  action,
  marks,
  notice,
  pending,
  error,
  onSubmit,
  onClose,
}: {
  title: string;
  action: string;
  marks?: VersionMarks;
  /** What to know before. */
  notice?: ReactNode;
  pending: boolean;
  error: string | undefined;
  onSubmit: (marks: VersionMarks) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const formId = useId();
  const [name, setName] = useState(marks?.marked_name ?? '');
  const [note, setNote] = useState(marks?.marked_comment ?? '');
  const counter = (length: number, max: number) => (
    <span className="tabular text-xs text-ink-faint">
      {length}/{max}
    </span>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="sm"
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={pending}>
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
          onSubmit({ marked_name: name.trim(), marked_comment: note.trim() });
        }}
      >
        {notice}
        <Field
          label={t('workflow.versionName')}
          aside={counter(name.length, maxName)}
          help={t('workflow.versionNameHelp')}
        >
          {(control) => (
            <Input
              {...control}
              autoFocus
              maxLength={maxName}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('workflow.versionNote')} aside={counter(note.length, maxNote)}>
          {(control) => (
            <Textarea
              {...control}
              maxLength={maxNote}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {error ? <Banner tone="danger">{error}</Banner> : null}
      </form>
    </Dialog>
  );
}
