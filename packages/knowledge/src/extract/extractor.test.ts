import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createDocumentExtractor,
  type DocumentExtractor,
  type DocumentExtractorOptions,
} from './extractor.ts';
import { formatOf } from './format.ts';
import type { PartitionRequest } from './partition-service.ts';
import { readingCommand } from './process/command.ts';
import { ReadingProcess } from './process/reading-process.ts';
import { makePdf } from './testing/make-pdf.ts';

let open: DocumentExtractor[] = [];
afterEach(async () => {
  for (const extractor of open) await extractor.close();
  open = [];
});

function create(options: DocumentExtractorOptions = {}): DocumentExtractor {
  const extractor = createDocumentExtractor(options);
  open.push(extractor);
  return extractor;
}

const text = (content: string, name = 'a.txt') => ({
  name,
  extension: name.slice(name.lastIndexOf('.')),
  mimeType: null,
  content: Buffer.from(content),
});

/** JSON that takes its reader very long: every line is written anew. */
const slow = () => text(`[${'[],'.repeat(8_000_000)}0]`, 'slow.json');
const pages = (count: number) => ({
  name: 'a.pdf',
  extension: 'pdf',
  mimeType: null,
  content: makePdf(
    Array.from({ length: count }, (_page, index) => ({ lines: [[`page ${index + 1}`, 50, 700]] as const })),
  ),
});

/** Ids of the reading processes that a process has started. */
function readersOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number);
  return listed.filter(
    (child) =>
      child > 0 && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('extract/process/child.ts'),
  );
}

describe('the kind of a file', () => {
  it('follows from its extension, and from its type where it has none', () => {
    expect(formatOf({ extension: '.PDF', mimeType: 'text/plain' })).toBe('pdf');
    expect(formatOf({ extension: null, mimeType: 'text/html; charset=utf-8' })).toBe('text');
    expect(formatOf({ extension: '', mimeType: 'text/vtt' })).toBe('subtitles');
    expect(formatOf({ extension: 'vtt', mimeType: 'text/vtt' })).toBe('text');
    expect(formatOf({ extension: null, mimeType: 'text/x-anything' })).toBe('text');
  });

  it('is named when nothing can read it', () => {
    expect(() => formatOf({ extension: '.exe', mimeType: 'text/plain' })).toThrow(
      '.exe files cannot be read.',
    );
    expect(() => formatOf({ extension: null, mimeType: 'image/png' })).toThrow(
      'type image/png cannot be read',
    );
    expect(() => formatOf({ extension: null, mimeType: null })).toThrow('type unknown cannot be read');
  });
});

describe('the extractor', () => {
  it('starts nothing before the first document, and ends what has had nothing to do', async () => {
    const extractor = create({ idleMs: 50 });
    expect(extractor.usage()).toEqual({ processes: 0, residentBytes: 0 });
    expect(await extractor.text(text('hello'))).toBe('hello');
    expect(extractor.usage().processes).toBe(1);
    await expect.poll(() => extractor.usage().processes, { timeout: 10_000 }).toBe(0);
    expect(await extractor.text(text('again'))).toBe('again');
  });

  it('reads a stream of bytes, of a path for example', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-documents-'));
    try {
      writeFileSync(join(folder, 'a.txt'), 'from a path');
      const content = createReadStream(join(folder, 'a.txt'), { highWaterMark: 3 });
      expect(await create().text({ ...text(''), content })).toBe('from a path');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives parts with their places while it reads', async () => {
    const found = [];
    for await (const part of create().parts(pages(3))) found.push(part);
    expect(found).toEqual([1, 2, 3].map((page) => ({ text: `page ${page}`, metadata: { page } })));
  });

  it('reads many documents at once with few processes, each its own', async () => {
    const extractor = create({ maxProcesses: 2 });
    const wanted = Array.from({ length: 30 }, (_document, index) => `document ${index}`);
    expect(await Promise.all(wanted.map((content) => extractor.text(text(content))))).toEqual(wanted);
    expect(extractor.usage().processes).toBe(2);
  });

  it('ends the reader when whoever takes the parts leaves, and reads the next document', async () => {
    const extractor = create({ maxProcesses: 1 });
    for await (const { metadata } of extractor.parts(pages(2_000))) if (metadata.page === 2) break;
    expect(await extractor.text(text('next'))).toBe('next');
  });

  it('stops at once when it is told to, also while it waits for its turn', async () => {
    const extractor = create({ maxProcesses: 1 });
    await extractor.text(text('warm'));
    const controller = new AbortController();
    const reading = extractor.text(slow(), controller.signal);
    const waiting = extractor.text(text('waits'), controller.signal);
    const outcomes = Promise.allSettled([reading, waiting]);
    setTimeout(() => controller.abort(), 50);
    expect((await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
      'extraction_aborted',
      'extraction_aborted',
    ]);
    await expect(extractor.text(text('x'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'extraction_aborted',
    });
    expect(await extractor.text(text('next'))).toBe('next');
  });

  it('ends a reader that takes too long', async () => {
    const extractor = create({ maxProcesses: 1, limits: { timeoutMs: 100 } });
    await expect(extractor.text(slow())).rejects.toMatchObject({
      code: 'extraction_timeout',
      message: 'Extraction timed out',
    });
    expect(await extractor.text(text('next'))).toBe('next');
  });

  it.skipIf(process.platform !== 'linux')('ends a reader that takes too much memory', async () => {
    const extractor = create({ maxProcesses: 1, limits: { memoryBytes: 200 * 1024 * 1024 } });
    await expect(extractor.text(slow())).rejects.toMatchObject({ code: 'extraction_memory' });
    expect(await extractor.text(text('next'))).toBe('next');
  });

  it.skipIf(process.platform !== 'linux')('says that a reader ended by itself', async () => {
    const extractor = create({ maxProcesses: 1 });
    await extractor.text(text('warm'));
    const outcome = expect(extractor.text(slow())).rejects.toMatchObject({ code: 'extraction_crashed' });
    await sleep(50);
    for (const pid of readersOf(process.pid)) process.kill(pid, 'SIGKILL');
    await outcome;
    expect(await extractor.text(text('next'))).toBe('next');
  });

  it.skipIf(process.platform !== 'linux')(
    'leaves no reader behind when its own process is killed',
    async () => {
      const program = new URL('./testing/slow-server.ts', import.meta.url).pathname;
      const server = spawn(process.execPath, ['--no-warnings', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(server.stdout, 'data');
      await expect.poll(() => readersOf(server.pid ?? 0)).toHaveLength(1);
      const [reader = 0] = readersOf(server.pid ?? 0);
      server.kill('SIGKILL');
      await once(server, 'exit');
      await expect.poll(() => existsSync(`/proc/${reader}/exe`), { timeout: 15_000 }).toBe(false);
    },
  );

  it('refuses a file beyond the limit without reading on', async () => {
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken += 1;
        yield new Uint8Array(1024);
      }
    }
    const extractor = create({ limits: { maxFileBytes: 10_000 } });
    await expect(extractor.text({ ...text(''), content: endless() })).rejects.toMatchObject({
      code: 'document_too_large',
    });
    expect(taken).toBe(10);
    expect(extractor.usage().processes).toBe(0);
  });

  it('is closed for good', async () => {
    const extractor = create();
    await extractor.text(text('warm'));
    const reading = extractor.text(slow());
    const outcome = expect(reading).rejects.toMatchObject({ code: 'extractor_closed' });
    setTimeout(() => void extractor.close(), 50);
    await outcome;
    await expect(extractor.text(text('x'))).rejects.toMatchObject({ code: 'extractor_closed' });
    expect(extractor.usage().processes).toBe(0);
  });
});

describe('the fence around a reader', () => {
  it('leaves it no network, no files but its own, no processes and no addons', async () => {
    const program = new URL('./testing/fence-probe.ts', import.meta.url).pathname;
    const server = createServer((_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const command = readingCommand({ heapMegabytes: 64, user: undefined, program });
    const { port } = server.address() as AddressInfo;
    const probe = new ReadingProcess({ ...command, args: [...command.args, String(port)] }, 1_000_000);
    try {
      await probe.ready();
      const request = {
        format: 'text',
        label: '',
        archive: { maxEntries: 1, maxUnpackedBytes: 1, maxRatio: 1 },
      };
      const limits = {
        timeoutMs: 20_000,
        memoryBytes: 1e9,
        maxFileBytes: 1,
        maxTextBytes: 1e6,
        archive: request.archive,
      };
      const parts = [];
      for await (const part of probe.read({ ...request, bytes: Buffer.of() }, { limits, signal: undefined }))
        parts.push(part.text);
      expect(parts.filter((line) => !line.endsWith(': refused'))).toEqual([]);
      expect(parts.length).toBeGreaterThan(10);
    } finally {
      probe.kill(new Error('done') as never);
      server.close();
    }
  });
});

describe('the document service', () => {
  const old = text('old bytes', 'letter.doc');
  const service = (answer: { status: number; text: string }, requests: PartitionRequest[] = []) => ({
    url: 'http://documents.example:8000',
    apiKey: 'key',
    post: async (request: PartitionRequest) => {
      requests.push(request);
      return answer;
    },
  });

  it('is asked for in words where a file needs it', async () => {
    await expect(create().text(old)).rejects.toMatchObject({
      code: 'service_required',
      message: expect.stringContaining('UNSTRUCTURED_API_URL'),
    });
  });

  it('gets the file, and its elements become lines and pages', async () => {
    const requests: PartitionRequest[] = [];
    const elements = [
      { type: 'Title', text: 'One', metadata: { page_number: 1 } },
      { type: 'Text', text: 'more', metadata: { page_number: 1 } },
      { type: 'Text', text: 'two', metadata: { page_number: 2 } },
    ];
    const extractor = create({ service: service({ status: 200, text: JSON.stringify(elements) }, requests) });
    const parts = [];
    for await (const part of extractor.parts(old)) parts.push(part);
    expect(parts).toEqual([
      { text: 'One\nmore', metadata: { page: 1 } },
      { text: 'two', metadata: { page: 2 } },
    ]);
    expect(await extractor.text(text('x', 'a.ppt'))).toBe('One\nmore\ntwo');
    const [request] = requests;
    expect(request).toMatchObject({
      url: 'http://documents.example:8000/general/v0/general',
      headers: {
        'unstructured-api-key': 'key',
        'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/),
      },
    });
    expect(Buffer.from(request?.body ?? []).toString()).toMatch(
      /name="files"; filename="letter.doc".*old bytes/s,
    );
    expect(extractor.usage().processes).toBe(0);
  });

  it.each([
    ['a refusal', { status: 401, text: 'no' }, 'answered with status 401'],
    ['nonsense', { status: 200, text: '{"detail":1}' }, 'something else'],
  ])('answering with %s fails in words', async (_name, answer, words) => {
    await expect(create({ service: service(answer) }).text(old)).rejects.toMatchObject({
      code: 'service_failed',
      message: expect.stringContaining(words),
    });
  });

  it('that cannot be reached is named', async () => {
    const broken = {
      ...service({ status: 200, text: '' }),
      post: async () => Promise.reject(new Error('refused')),
    };
    await expect(create({ service: broken }).text(old)).rejects.toThrow(
      /UNSTRUCTURED_API_URL\) cannot be reached: refused/,
    );
  });
});
