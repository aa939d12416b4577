/** Formats in which the fake provider can speak. */
export type SpeechFormat = 'mp3' | 'wav' | 'pcm';

const marker = Buffer.from('TrellisDemoText\0', 'latin1');
const wavSampleRate = 16_000;

/** MIME types of the speech formats. */
export const speechMimeTypes: Record<SpeechFormat, string> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/**
 * A playable audio file that stands for a spoken text: a quiet tone (WAV, PCM) or silence (MP3), about 60 ms per
 * character. The text itself is kept in the file's comment, so that `transcribe` can read it back.
 */
export function speak(text: string, format: SpeechFormat): Buffer {
  const seconds = Math.min(30, Math.max(0.3, text.length * 0.06));
  if (format === 'mp3') return Buffer.concat([id3Tag(text), silentMp3(seconds)]);
  const samples = tone(seconds);
  return format === 'pcm' ? samples : wavFile(samples, text);
}

/** What the fake provider hears: the text that `speak` left in a file, else a plain description of the file. */
export function transcribe(audio: Buffer, filename: string): string {
  const at = audio.indexOf(marker);
  if (at >= 0) {
    const start = at + marker.length;
    return audio.subarray(start + 4, start + 4 + audio.readUInt32LE(start)).toString('utf8');
  }
  return `Demo transcript of ${filename} (${audio.length} bytes); the demo model cannot hear.`;
}

function labelled(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([marker, length, bytes]);
}

/** ID3v2.3 (id3.org/id3v2.3.0, §3.1 and §4): one private frame holding the text. */
function id3Tag(text: string): Buffer {
  const payload = labelled(text);
  const frame = Buffer.alloc(10);
  frame.write('PRIV', 0, 'latin1');
  frame.writeUInt32BE(payload.length, 4);
  const size = frame.length + payload.length;
  const header = Buffer.from([
    0x49,
    0x44,
    0x33,
    3,
    0,
    0,
    (size >> 21) & 127,
    (size >> 14) & 127,
    (size >> 7) & 127,
    size & 127,
  ]);
  return Buffer.concat([header, frame, payload]);
}

/** MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: frames whose side information and data are zero decode to silence. */
function silentMp3(seconds: number): Buffer {
  const frameBytes = 104;
  const frames = Math.ceil((seconds * 44_100) / 1152);
  const audio = Buffer.alloc(frames * frameBytes);
  for (let frame = 0; frame < frames; frame += 1) audio.writeUInt32BE(0xfffb10c0, frame * frameBytes);
  return audio;
}

function tone(seconds: number): Buffer {
  const count = Math.round(seconds * wavSampleRate);
  const samples = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index += 1) {
    samples.writeInt16LE(Math.round(1500 * Math.sin((2 * Math.PI * 220 * index) / wavSampleRate)), index * 2);
  }
  return samples;
}

/** RIFF WAVE, 16 bit mono, with a private chunk after the samples that holds the text. */
function wavFile(samples: Buffer, text: string): Buffer {
  const note = labelled(text);
  const padding = Buffer.alloc(note.length % 2);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length + 8 + note.length + padding.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(wavSampleRate, 24);
  header.writeUInt32LE(wavSampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  const chunk = Buffer.alloc(8);
  chunk.write('tdmo', 0, 'latin1');
  chunk.writeUInt32LE(note.length, 4);
  return Buffer.concat([header, samples, chunk, note, padding]);
}
