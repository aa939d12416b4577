import { analyse } from 'chardet';
import { plainLines } from './plain-lines.ts';

const sampleBytes = 64 * 1024;
/** Of 100. Which Latin script a short text is in cannot be told; western Europe's is the most frequent by far. */
const sureOfLatin = 50;

/**
 * The text of bytes in an unknown encoding: by byte-order mark, as UTF-8 (with a few bytes damaged, too), else as what
 * its statistics say, else as Windows-1252, which every sequence of bytes is. Lines end with a line feed; NULs are gone.
 */
export function decodeText(bytes: Uint8Array): string {
  return plainLines(decode(bytes));
}

function decode(bytes: Uint8Array): string {
  const marked = unicodeOf(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  return tryDecode(bytes, 'utf-8') ?? damagedUtf8(bytes) ?? guessed(bytes);
}

/** UTF-16 by its mark, or by a NUL in every second byte, as western text has. */
function unicodeOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const zeros: [number, number] = [0, 0];
  const length = Math.min(bytes.length, sampleBytes);
  for (let index = 0; index < length; index += 1) if (bytes[index] === 0) zeros[index % 2 === 0 ? 0 : 1] += 1;
  const most = length * 0.3;
  if (zeros[1] > most && zeros[0] === 0) return 'utf-16le';
  if (zeros[0] > most && zeros[1] === 0) return 'utf-16be';
  return undefined;
}

function tryDecode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * One bad byte does not make a text another encoding. Other encodings form a valid sequence of several bytes by accident
 * only, so ten to one is certain.
 */
function damagedUtf8(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8').decode(bytes);
  let valid = 0;
  let invalid = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0xfffd) invalid += 1;
    else if (unit > 0x7f) valid += 1;
  }
  return valid >= 10 * invalid ? text : undefined;
}

function guessed(bytes: Uint8Array): string {
  const accents = hasLoneAccents(bytes);
  for (const { name, confidence } of analyse(sampleOf(bytes))) {
    if (name.startsWith('UTF-')) continue;
    if (accents && (confidence < sureOfLatin || !/^(windows-125|ISO-8859-)/.test(name))) continue;
    const text = tryDecode(bytes, name);
    if (text !== undefined) return text;
  }
  return new TextDecoder('windows-1252').decode(bytes);
}

/** Whether characters beyond ASCII stand alone, as accents do in Latin script; elsewhere they stand together. */
function hasLoneAccents(bytes: Uint8Array): boolean {
  let beyond = 0;
  let together = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if ((bytes[index] ?? 0) < 0x80) continue;
    beyond += 1;
    if ((bytes[index - 1] ?? 0) >= 0x80 || (bytes[index + 1] ?? 0) >= 0x80) together += 1;
  }
  return together < beyond / 4;
}

/** The beginning and the middle: many files begin with plain Latin letters. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= 2 * sampleBytes) return bytes;
  const middle = Math.floor(bytes.length / 2);
  return Buffer.concat([bytes.subarray(0, sampleBytes), bytes.subarray(middle, middle + sampleBytes)]);
}
