import { useQuery } from '@tanstack/react-query';
import { CircleCheck, Clock, MailQuestion, UserCheck } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';
import { HumanForm } from '../features/process/human-form.tsx';
import { toWaitingForm } from '../features/process/process.ts';
import { changeLanguage, toLanguage } from '../i18n/create.ts';
import { useDocumentTitle } from '../lib/hooks.ts';
import { AppIcon } from '../ui/avatar.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { answerForm, readForm } from './share-api.ts';

/** What cannot be answered (any more), and why. */
function Closed({ code }: { code: string }): ReactNode {
  const { t } = useTranslation();
  switch (code) {
    case 'human_input_form_submitted':
      return (
        <EmptyState heading="h1" icon={<UserCheck />} title={t('share.formTaken')}>
          {t('share.formTakenBody')}
        </EmptyState>
      );
    case 'human_input_form_expired':
      return (
        <EmptyState heading="h1" icon={<Clock />} title={t('share.formOver')}>
          {t('share.formOverBody')}
        </EmptyState>
      );
    case 'human_input_form_not_found':
    case 'not_found':
      return (
        <EmptyState heading="h1" icon={<MailQuestion />} title={t('share.formMissing')}>
          {t('share.formMissingBody')}
        </EmptyState>
      );
    default:
      return undefined;
  }
}

const closing = new Set([
  'human_input_form_submitted',
  'human_input_form_expired',
  'human_input_form_not_found',
  'not_found',
]);

function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : '';
}

/** A form that a run waits for, for whoever has its address. */
export function FormPage({ token, locale }: { token: string; locale: string | undefined }) {
  const { t } = useTranslation();
  const form = useQuery({
    queryKey: ['form', token],
    queryFn: () => readForm(token),
    // What is being written must not be replaced while the reader looks elsewhere.
    refetchOnWindowFocus: false,
  });
  const [sent, setSent] = useState(false);
  const [closed, setClosed] = useState<string>();
  const site = form.data?.site;
  const language = site?.default_language;
  useDocumentTitle(site?.title ?? t('chat.form'));
  useEffect(() => {
    if (language && !locale) void changeLanguage(toLanguage(language));
  }, [language, locale]);
  const code = closed ?? codeOf(form.error);

  const content = sent ? (
    <EmptyState heading="h1" icon={<CircleCheck />} title={t('share.formThanks')}>
      {t('share.formThanksBody')}
    </EmptyState>
  ) : closing.has(code) ? (
    <Closed code={code} />
  ) : form.error ? (
    <ErrorState heading="h1" error={form.error} onRetry={() => void form.refetch()} />
  ) : form.data ? (
    <HumanForm
      form={toWaitingForm(form.data, token)}
      submit={async (answer) => {
        try {
          await answerForm(token, answer);
          setSent(true);
        } catch (error) {
          if (closing.has(codeOf(error))) setClosed(codeOf(error));
          throw error;
        }
      }}
    />
  ) : (
    <>
      <h1 className="sr-only">{t('common.loading')}</h1>
      <SkeletonLines lines={6} />
    </>
  );
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-160 content-start gap-5 px-4 py-8 sm:px-6 sm:py-14">
      {site && !sent && !closing.has(code) ? (
        <header className="flex items-center gap-3">
          <AppIcon icon={site} className="!size-8 !text-md" />
          <h1 className="truncate text-md font-semibold">{site.title}</h1>
        </header>
      ) : null}
      {content}
    </main>
  );
}
