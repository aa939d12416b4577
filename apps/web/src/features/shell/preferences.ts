import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { accountApi, type Profile, profileQuery } from '../../api/session.ts';
import { changeLanguage, type Language, toLanguage } from '../../i18n/create.ts';
import { rememberLanguage, useLanguage } from '../../i18n/language.ts';
import { storage } from '../../lib/storage.ts';
import { parseTheme, type ThemeChoice, useTheme } from '../../lib/theme.ts';

/** Takes over the language and theme of the account once it is known; a theme chosen in this browser stays. */
export function useAccountPreferences(profile: Profile | undefined): void {
  const language = profile?.interface_language;
  const theme = profile?.interface_theme;
  useEffect(() => {
    if (!language) return;
    rememberLanguage(toLanguage(language));
    void changeLanguage(toLanguage(language));
  }, [language]);
  useEffect(() => {
    if (theme && storage.read('trellis.theme') === null) useTheme.getState().setChoice(parseTheme(theme));
  }, [theme]);
}

/** The language and theme of the interface, kept in the browser and in the account. */
export function usePreferences() {
  const queryClient = useQueryClient();
  const language = useLanguage();
  const theme = useTheme((state) => state.choice);
  const setThemeHere = useTheme((state) => state.setChoice);
  // The choice acts at once; a server that cannot be reached now is told at the next change.
  const keep = useCallback(
    (saving: Promise<Profile>) =>
      saving.then(
        (profile) => {
          if (profile?.id) queryClient.setQueryData(profileQuery.queryKey, profile);
        },
        () => undefined,
      ),
    [queryClient],
  );
  return {
    language,
    theme,
    setLanguage: (next: Language) => {
      rememberLanguage(next);
      void changeLanguage(next);
      void keep(accountApi.setLanguage(next));
    },
    setTheme: (next: ThemeChoice) => {
      setThemeHere(next);
      void keep(accountApi.setTheme(next));
    },
  };
}
