import { emptyUsage } from '@trellis/contracts';
import type {
  CodePort,
  DocumentPort,
  EnginePorts,
  FilePort,
  FormPort,
  FormState,
  HttpPort,
  HttpRequest,
  ResolvedTool,
  RetrievalPort,
  RetrievedPassage,
  TemplatePort,
  ToolMessage,
  ToolParameter,
  ToolPort,
} from '../ports/index.ts';
import { type FileValue, fileValue } from '../values/file.ts';
import { toText } from '../values/text.ts';
import { FakeClock } from './fake-clock.ts';

/** Templates with plain `{{ name }}` and `{{ name.key }}`, comments left out: enough to see what was put in. */
export const fakeTemplates: TemplatePort = {
  render: ({ template, variables }) =>
    Promise.resolve(
      template.replace(/\{#[\s\S]*?#\}/g, '').replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_match, path: string) => {
        let value: unknown = variables;
        for (const key of path.split('.')) {
          value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
        }
        return toText(value);
      }),
    ),
};

/** Code that is a function of the test, found by the text of the code. */
export function fakeCode(
  functions: Readonly<Record<string, (inputs: Record<string, unknown>) => unknown>>,
): CodePort {
  return {
    run: async ({ code, inputs }) => {
      const body = functions[code];
      if (body === undefined) throw new Error(`No function for code ${code}`);
      return { outputs: await body({ ...inputs }) };
    },
  };
}

/** Tools by name: what they say when called. */
export function fakeTools(
  tools: Readonly<
    Record<
      string,
      (
        parameters: Readonly<Record<string, unknown>>,
      ) => readonly ToolMessage[] | Promise<readonly ToolMessage[]>
    >
  >,
  declared: readonly ToolParameter[] = [],
): ToolPort {
  return {
    resolve: async ({ toolName }): Promise<ResolvedTool> => {
      const tool = tools[toolName];
      if (tool === undefined) throw new Error(`There is no tool ${toolName}`);
      return {
        parameters: declared,
        icon: null,
        async *invoke({ parameters }) {
          yield* await tool(parameters);
        },
      };
    },
  };
}

/** Knowledge bases that find what the test says. */
export function fakeRetrieval(search: (query: string) => readonly RetrievedPassage[]): RetrievalPort {
  return { retrieve: async ({ query }) => ({ passages: search(query ?? ''), usage: emptyUsage }) };
}

/** What a fake web answers to a request; an empty JSON object unless it says otherwise. */
export type FakeWeb = (request: HttpRequest) => {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

/** A web that answers as told; requests are remembered. */
export class FakeHttp implements HttpPort {
  readonly requests: HttpRequest[] = [];
  readonly #answer: FakeWeb;

  constructor(answer: FakeWeb = () => ({})) {
    this.#answer = answer;
  }

  async send(request: HttpRequest) {
    this.requests.push(request);
    const {
      status = 200,
      headers = { 'content-type': 'application/json' },
      body = '{}',
    } = this.#answer(request);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return {
      status,
      headers: Object.entries(headers),
      url: request.url,
      body: (async function* () {
        yield bytes;
      })(),
    };
  }
}

/** Files in memory. */
export class FakeFiles implements FilePort {
  readonly stored: { file: FileValue; bytes: Uint8Array }[] = [];
  readonly #contents: ReadonlyMap<string, string>;

  /** Contents by file name. */
  constructor(contents: Readonly<Record<string, string>> = {}) {
    this.#contents = new Map(Object.entries(contents));
  }

  async read(file: FileValue): Promise<Uint8Array> {
    return Buffer.from(this.#contents.get(file.filename ?? '') ?? '');
  }

  async store({ bytes, filename, mimeType }: Parameters<FilePort['store']>[0]): Promise<FileValue> {
    const name = filename ?? `file${this.stored.length}`;
    const extension = name.includes('.') ? `.${name.split('.').at(-1)}` : null;
    const file = fileValue({
      id: `stored-${this.stored.length}`,
      filename: name,
      extension,
      mime_type: mimeType,
      size: bytes.length,
      transfer_method: 'tool_file',
      url: `https://files.example/${name}`,
    });
    this.stored.push({ file, bytes });
    return file;
  }

  async fromUrl({ url, mimeType }: Parameters<FilePort['fromUrl']>[0]): Promise<FileValue> {
    const name = url.split('/').at(-1) ?? '';
    return fileValue({
      filename: name,
      extension: name.includes('.') ? `.${name.split('.').at(-1)}` : null,
      mime_type: mimeType,
      transfer_method: 'remote_url',
      remote_url: url,
    });
  }
}

/** Documents whose text is what the test says. */
export function fakeDocuments(texts: Readonly<Record<string, string>>): DocumentPort {
  return {
    extract: async ({ filename }) => {
      const text = texts[filename ?? ''];
      if (text === undefined) throw new Error(`Unsupported file ${filename ?? ''}`);
      return text;
    },
  };
}

/** Forms that wait until the test answers them. */
export class FakeForms implements FormPort {
  readonly opened: string[] = [];
  readonly #states = new Map<string, FormState>();

  async open({ nodeId }: Parameters<FormPort['open']>[0]): Promise<FormState> {
    this.opened.push(nodeId);
    const waiting: FormState = {
      status: 'waiting',
      form: { formId: `form-${nodeId}`, formToken: null, displayInUi: true, expirationTime: 1_760_129_600 },
    };
    return this.#states.get(nodeId) ?? waiting;
  }

  /** Answers the form of a node. */
  submit(nodeId: string, actionId: string, values: Readonly<Record<string, unknown>> = {}): void {
    this.#states.set(nodeId, { status: 'submitted', actionId, values });
  }

  /** Lets the time of a form run out. */
  expire(nodeId: string): void {
    this.#states.set(nodeId, { status: 'expired', expirationTime: 1_760_129_600 });
  }
}

/** Ports for a test: a fake clock and fake templates, and whatever the test adds. */
export function fakePorts(ports: Partial<EnginePorts> = {}): EnginePorts {
  return { clock: new FakeClock(), templates: fakeTemplates, ...ports };
}
