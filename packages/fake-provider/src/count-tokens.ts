const tokenPattern = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;

/** Tokens of a text by the fake provider's own rule: one per word, ideograph or punctuation mark. */
export function countTokens(text: string): number {
  return text.match(tokenPattern)?.length ?? 0;
}

/**
 * Splits a text into the pieces in which it is streamed: word by word with the white space that follows, ideographs
 * one by one. Joining the pieces gives the text again.
 */
export function splitIntoWords(text: string): string[] {
  return (
    text.match(
      /\s*(?:[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)\s*/gu,
    ) ?? (text === '' ? [] : [text])
  );
}
