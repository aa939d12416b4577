/** Default time zone per interface language (spec: console §6.3); the browser's own zone wins where it is sent. */
const byLanguage: Record<string, string> = {
  'ar-TN': 'Africa/Tunis',
  'de-DE': 'Europe/Berlin',
  'en-US': 'America/New_York',
  'es-ES': 'Europe/Madrid',
  'fa-IR': 'Asia/Tehran',
  'fr-FR': 'Europe/Paris',
  'hi-IN': 'Asia/Kolkata',
  'id-ID': 'Asia/Jakarta',
  'it-IT': 'Europe/Rome',
  'ja-JP': 'Asia/Tokyo',
  'ko-KR': 'Asia/Seoul',
  'nl-NL': 'Europe/Amsterdam',
  'pl-PL': 'Europe/Warsaw',
  'pt-BR': 'America/Sao_Paulo',
  'ro-RO': 'Europe/Bucharest',
  'ru-RU': 'Europe/Moscow',
  'sl-SI': 'Europe/Ljubljana',
  'th-TH': 'Asia/Bangkok',
  'tr-TR': 'Europe/Istanbul',
  'uk-UA': 'Europe/Kyiv',
  'vi-VN': 'Asia/Ho_Chi_Minh',
  'zh-Hans': 'Asia/Shanghai',
  'zh-Hant': 'Asia/Taipei',
};

/** Interface languages that can be chosen. */
export const languages = Object.keys(byLanguage);

/** The time zone a new account of this language starts with. */
export function timezoneOf(language: string): string {
  return byLanguage[language] ?? 'UTC';
}

/** Whether a text names an IANA time zone that this runtime knows. */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
