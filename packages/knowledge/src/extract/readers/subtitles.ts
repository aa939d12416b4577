import { ExtractionError } from '../errors.ts';
import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

interface Utterance {
  readonly speaker: string;
  readonly text: string;
}

/** What is said in WebVTT subtitles (W3C), a line for each speaker's turn: `Speaker "words"`. */
export const readSubtitles: Reader = ({ bytes }) => {
  const text = decodeText(bytes);
  if (!/^WEBVTT(\s|$)/.test(text))
    throw new ExtractionError('document_damaged', 'The file is not a WebVTT subtitle file.');
  const turns: Utterance[] = [];
  for (const cue of cuesOf(text)) {
    const last = turns.at(-1);
    // Without a name nobody can tell whether the same person goes on.
    if (last && last.speaker !== '' && last.speaker === cue.speaker) {
      turns[turns.length - 1] = { speaker: cue.speaker, text: `${last.text} ${cue.text}` };
    } else turns.push(cue);
  }
  return wholeText(turns.map(({ speaker, text: words }) => `${speaker} "${words}"`.trimStart()).join('\n'));
};

function* cuesOf(text: string): Generator<Utterance> {
  for (const block of text.split(/\n{2,}/).slice(1)) {
    const lines = block.split('\n');
    // Before the times there may be a name of the cue; blocks without times are notes and styles.
    const times = lines.findIndex((line) => line.includes('-->'));
    if (times < 0 || times > 1) continue;
    const payload = lines.slice(times + 1).join(' ');
    const speaker = /<v(?:\.[^\s<>]*)?\s+([^<>]*)>/.exec(payload)?.[1]?.trim() ?? '';
    const words = payload
      .replace(/<[^<>]*>/g, '')
      .replace(/&(amp|lt|gt|nbsp);/g, (_all, name: string) => entities[name] ?? '');
    if (words.trim() !== '') yield { speaker, text: words.trim() };
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: ' ' };
