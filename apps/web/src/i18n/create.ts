import i18next, { type i18n as I18n, type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Catalogue } from './en-US/index.ts';

/** Languages with a complete catalogue; the others of the product fall back to English. */
export const languages = [
  { code: 'en-US', name: 'English' },
  { code: 'zh-Hans', name: '简体中文' },
] as const;

/** Code of a language that the interface speaks. */
export type Language = (typeof languages)[number]['code'];

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Catalogue };
  }
}

/** The closest language we speak for a BCP 47 tag, an account setting or a site setting. */
export function toLanguage(tag: string | null | undefined): Language {
  return tag?.toLowerCase().startsWith('zh') && !/hant|tw|hk|mo/i.test(tag) ? 'zh-Hans' : 'en-US';
}

/**
 * Starts i18next with a way to get a language's texts; only the language in use is loaded.
 *
 * Variables are written `{name}`: double braces belong to the prompts that people write about.
 */
export async function createI18n(
  language: Language,
  load: (language: Language) => Promise<Resource[string]['translation']>,
): Promise<I18n> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: '.',
    nsSeparator: false,
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
    resources: { [language]: { translation: (await load(language)) ?? {} } },
    returnNull: false,
  });
  document.documentElement.lang = language;
  loadCatalogue = load;
  return i18next;
}

let loadCatalogue: ((language: Language) => Promise<Resource[string]['translation']>) | undefined;

/** Switches the interface to another language without a reload. */
export async function changeLanguage(language: Language): Promise<void> {
  if (!loadCatalogue) return;
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', (await loadCatalogue(language)) ?? {});
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
