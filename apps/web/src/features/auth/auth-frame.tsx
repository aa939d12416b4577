import { useQuery } from '@tanstack/react-query';
import { Languages, SunMoon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { systemFeaturesQuery } from '../../api/session.ts';
import { changeLanguage, languages } from '../../i18n/create.ts';
import { rememberLanguage, useLanguage } from '../../i18n/language.ts';
import { useDocumentTitle } from '../../lib/hooks.ts';
import { useTheme } from '../../lib/theme.ts';
import { IconButton } from '../../ui/button.tsx';
import { Logo } from '../../ui/logo.tsx';
import { Menu } from '../../ui/menu.tsx';

/** The frame of the pages before sign-in: the mark, language and theme, and one narrow form. */
export function AuthFrame({
  title,
  description,
  children,
  footer,
}: {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
}) {
  const { t } = useTranslation();
  const { data: features } = useQuery(systemFeaturesQuery);
  const language = useLanguage();
  const theme = useTheme((state) => state.choice);
  const setTheme = useTheme((state) => state.setChoice);
  const name = features?.branding?.enabled ? features.branding.application_title : undefined;
  useDocumentTitle(`${title} · ${name || 'Trellis'}`);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-5 py-4 sm:px-8">
        <Logo {...(name ? { name } : {})} />
        <div className="flex gap-1">
          <Menu
            trigger={<IconButton label={t('shell.theme')} icon={<SunMoon />} />}
            groups={[
              {
                key: 'theme',
                entries: (['light', 'dark', 'system'] as const).map((choice) => ({
                  key: choice,
                  label: t(`shell.theme_${choice}`),
                  checked: theme === choice,
                  onSelect: () => setTheme(choice),
                })),
              },
            ]}
          />
          <Menu
            trigger={<IconButton label={t('shell.language')} icon={<Languages />} />}
            groups={[
              {
                key: 'language',
                entries: languages.map(({ code, name: label }) => ({
                  key: code,
                  label,
                  checked: language === code,
                  onSelect: () => {
                    rememberLanguage(code);
                    void changeLanguage(code);
                  },
                })),
              },
            ]}
          />
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-100 flex-1 flex-col justify-center px-5 pt-4 pb-24">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {description ? <p className="mt-2 text-base text-ink-soft">{description}</p> : null}
        <div className="mt-7">{children}</div>
        {footer ? <div className="mt-6 text-sm text-ink-soft">{footer}</div> : null}
      </main>
    </div>
  );
}
