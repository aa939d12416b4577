import { useTranslation } from 'react-i18next';
import { storage } from '../lib/storage.ts';
import { type Language, toLanguage } from './create.ts';

const storageKey = 'trellis.language';

/** The language before sign-in: the one chosen in this browser, else the browser's own. */
export function initialLanguage(): Language {
  return toLanguage(storage.read(storageKey) ?? navigator.language);
}

/** Keeps the choice for the next visit of this browser. */
export function rememberLanguage(language: Language): void {
  storage.write(storageKey, language);
}

/** The language in use, as a BCP 47 tag for `Intl`. */
export function useLanguage(): Language {
  return toLanguage(useTranslation().i18n.language);
}

/** Texts that come from the catalogue of models and tools, by language with underscores. */
export type LocalizedText = Readonly<Record<string, string | undefined>>;

/** The text in the given language, else English, else any. */
export function localize(text: LocalizedText | null | undefined, language: string): string {
  if (!text) return '';
  return text[language.replace('-', '_')] ?? text['en_US'] ?? Object.values(text).find(Boolean) ?? '';
}
