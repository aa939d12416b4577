import type { DocumentFile } from './document.ts';
import { ExtractionError } from './errors.ts';

/** A kind of document that is read in a way of its own. */
interface FormatFacts {
  /** What it is called in errors, with its article. */
  readonly label: string;
  readonly extensions: readonly string[];
  readonly mimeTypes: readonly string[];
  /** What stands between two parts when they become one text. */
  readonly separator: string;
  /** Whether the service reads it: always, or rather than the reader here when it is set up. */
  readonly service?: 'needed' | 'preferred';
}

/** Every format, by its name. */
export const formats = {
  text: {
    label: 'a text file',
    extensions: [
      ...[
        'txt',
        'text',
        'log',
        'md',
        'markdown',
        'mdx',
        'rst',
        'tex',
        'html',
        'htm',
        'xml',
        'svg',
        'vtt',
        'srt',
      ],
      ...['py', 'js', 'mjs', 'cjs', 'jsx', 'ts', 'tsx', 'vue', 'svelte', 'css', 'scss', 'sass', 'less'],
      ...[
        'c',
        'h',
        'cc',
        'cpp',
        'cxx',
        'hpp',
        'cs',
        'java',
        'kt',
        'kts',
        'scala',
        'groovy',
        'go',
        'rs',
        'swift',
      ],
      ...[
        'rb',
        'php',
        'pl',
        'pm',
        'lua',
        'r',
        'jl',
        'm',
        'mm',
        'dart',
        'ex',
        'exs',
        'erl',
        'hs',
        'ml',
        'fs',
        'clj',
      ],
      ...[
        'sh',
        'bash',
        'zsh',
        'fish',
        'ps1',
        'bat',
        'cmd',
        'sql',
        'graphql',
        'proto',
        'toml',
        'ini',
        'cfg',
        'conf',
      ],
      ...[
        'env',
        'dockerfile',
        'makefile',
        'cmake',
        'gradle',
        'tf',
        'diff',
        'patch',
        'jsonl',
        'ndjson',
        'ipynb',
      ],
    ],
    mimeTypes: [
      ...['text/plain', 'text/markdown', 'text/html', 'text/xml', 'application/xml', 'application/xhtml+xml'],
      ...['text/css', 'text/javascript', 'application/javascript', 'application/x-sh', 'application/sql'],
    ],
    separator: '',
  },
  json: { label: 'a JSON file', extensions: ['json'], mimeTypes: ['application/json'], separator: '' },
  yaml: {
    label: 'a YAML file',
    extensions: ['yaml', 'yml'],
    mimeTypes: ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'],
    separator: '',
  },
  properties: {
    label: 'a properties file',
    extensions: ['properties'],
    mimeTypes: ['text/properties', 'text/x-java-properties', 'application/properties'],
    separator: '',
  },
  // The extension .vtt is text as it stands: subtitles are merged where only the type says what they are.
  subtitles: { label: 'a subtitle file', extensions: [], mimeTypes: ['text/vtt'], separator: '' },
  pdf: { label: 'a PDF file', extensions: ['pdf'], mimeTypes: ['application/pdf'], separator: '' },
  word: {
    label: 'a Word document (docx)',
    extensions: ['docx', 'docm'],
    mimeTypes: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    separator: '',
  },
  csv: {
    label: 'a CSV file',
    extensions: ['csv', 'tsv'],
    mimeTypes: ['text/csv', 'application/csv', 'text/tab-separated-values'],
    separator: '',
  },
  spreadsheet: {
    label: 'a spreadsheet',
    extensions: ['xlsx', 'xls', 'xlsm', 'xlsb', 'ods'],
    mimeTypes: [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.ms-excel',
      'application/vnd.oasis.opendocument.spreadsheet',
    ],
    separator: '\n\n',
  },
  slides: {
    label: 'a presentation (pptx)',
    extensions: ['pptx', 'pptm'],
    mimeTypes: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
    separator: '\n\n',
    service: 'preferred',
  },
  book: {
    label: 'an e-book (epub)',
    extensions: ['epub'],
    mimeTypes: ['application/epub', 'application/epub+zip'],
    separator: '\n\n',
    service: 'preferred',
  },
  openText: {
    label: 'an OpenDocument text (odt)',
    extensions: ['odt'],
    mimeTypes: ['application/vnd.oasis.opendocument.text'],
    separator: '',
    service: 'preferred',
  },
  mail: { label: 'a mail (eml)', extensions: ['eml'], mimeTypes: ['message/rfc822'], separator: '' },
  outlook: {
    label: 'an Outlook mail (msg)',
    extensions: ['msg'],
    mimeTypes: ['application/vnd.ms-outlook'],
    separator: '',
  },
  oldWord: {
    label: 'an old Word document (doc)',
    extensions: ['doc'],
    mimeTypes: ['application/msword'],
    separator: '\n',
    service: 'needed',
  },
  oldSlides: {
    label: 'an old presentation (ppt)',
    extensions: ['ppt'],
    mimeTypes: ['application/vnd.ms-powerpoint'],
    separator: '\n',
    service: 'needed',
  },
} as const satisfies Readonly<Record<string, FormatFacts>>;

/** The name of a format. */
export type DocumentFormat = keyof typeof formats;

const names = Object.keys(formats) as DocumentFormat[];
const byExtension = new Map(
  names.flatMap((name) => formats[name].extensions.map((key) => [key as string, name])),
);
const byMimeType = new Map(
  names.flatMap((name) => formats[name].mimeTypes.map((key) => [key as string, name])),
);

/**
 * How a file is read: its extension decides, the media type where it has none.
 *
 * Errors: `document_unsupported`, naming the extension or type.
 */
export function formatOf({
  extension,
  mimeType,
}: Pick<DocumentFile, 'extension' | 'mimeType'>): DocumentFormat {
  const suffix = extension?.replace(/^\./, '').toLowerCase() ?? '';
  const type = mimeType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const found = suffix === '' ? (byMimeType.get(type) ?? textType(type)) : byExtension.get(suffix);
  if (found) return found;
  throw new ExtractionError(
    'document_unsupported',
    suffix === ''
      ? `Files of the type ${type || 'unknown'} cannot be read.`
      : `.${suffix} files cannot be read.`,
  );
}

/** Source code has types by the hundred, all below `text/`. */
function textType(type: string): DocumentFormat | undefined {
  return type.startsWith('text/') ? 'text' : undefined;
}

/** What is known about a format, with the optional facts visible. */
export function factsOf(format: DocumentFormat): FormatFacts {
  return formats[format];
}
