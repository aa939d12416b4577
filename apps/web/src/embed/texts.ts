/** What the button and the window are called for assistive technology. */
export interface EmbedTexts {
  readonly open: string;
  readonly close: string;
  readonly window: string;
}

const english: EmbedTexts = { open: 'Open chat', close: 'Close chat', window: 'Chat' };
const chinese: EmbedTexts = { open: '打开聊天', close: '关闭聊天', window: '聊天' };

/**
 * The texts in the language of the page. The script carries its four words itself: it must stay small and shares
 * nothing with the application's catalogues.
 */
export function textsFor(language: string): EmbedTexts {
  return /^zh(?!.*(hant|tw|hk|mo))/i.test(language) ? chinese : english;
}
