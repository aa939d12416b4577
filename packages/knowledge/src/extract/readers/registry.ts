import type { DocumentFormat } from '../format.ts';
import type { Reader } from './reader.ts';

/** Formats that are read here and not by a service. */
export type ReadableFormat = Exclude<DocumentFormat, 'oldWord' | 'oldSlides'>;

/** The reader of each format; a library is loaded when the first file needs it. */
export const readers: Readonly<Record<ReadableFormat, () => Promise<Reader>>> = {
  text: async () => (await import('./text.ts')).readText,
  json: async () => (await import('./json.ts')).readJson,
  yaml: async () => (await import('./yaml.ts')).readYaml,
  properties: async () => (await import('./properties.ts')).readProperties,
  subtitles: async () => (await import('./subtitles.ts')).readSubtitles,
  pdf: async () => (await import('./pdf.ts')).readPdf,
  word: async () => (await import('./word.ts')).readWord,
  csv: async () => (await import('./csv.ts')).readCsv,
  spreadsheet: async () => (await import('./spreadsheet.ts')).readSpreadsheet,
  slides: async () => (await import('./slides.ts')).readSlides,
  book: async () => (await import('./book.ts')).readBook,
  openText: async () => (await import('./open-text.ts')).readOpenText,
  mail: async () => (await import('./mail.ts')).readMail,
  outlook: async () => (await import('./outlook.ts')).readOutlook,
};
