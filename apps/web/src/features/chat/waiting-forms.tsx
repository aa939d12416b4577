import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import type { FormAnswer } from '../process/human-form.tsx';
import type { WaitingForm } from '../process/process.ts';
import type { UploadFile } from './files.ts';

/** Answers a form by the token of its address. */
export type AnswerForm = (token: string, answer: FormAnswer) => Promise<unknown>;

const HumanForm = lazy(() =>
  import('../process/human-form.tsx').then((module) => ({ default: module.HumanForm })),
);

/** The forms that a turn waits for; in words, where this page is not the place to answer. */
export function WaitingForms({
  forms,
  onAnswer,
  upload,
}: {
  forms: readonly WaitingForm[];
  onAnswer: AnswerForm | undefined;
  upload: UploadFile | undefined;
}) {
  const { t } = useTranslation();
  const answerable = forms.filter((form) => form.token !== null && onAnswer);
  return (
    <div className="mt-3 grid gap-3">
      {answerable.map((form) => (
        <Suspense key={form.token} fallback={<SkeletonLines lines={3} />}>
          <HumanForm
            form={form}
            upload={upload}
            submit={async (answer) => form.token && onAnswer?.(form.token, answer)}
          />
        </Suspense>
      ))}
      {answerable.length < forms.length || forms.length === 0 ? (
        <p className="text-base text-ink-faint">{t('chat.formElsewhere')}</p>
      ) : null}
    </div>
  );
}
