import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeDocx,
  makeEpub,
  makeOdt,
  makePptx,
  makeXlsx,
  sheetRow,
  slideShape,
  wordParagraph,
  wordTable,
  zipOf,
} from '../../../../../packages/knowledge/src/extract/testing/make-office.ts';
import { makePdf } from '../../../../../packages/knowledge/src/extract/testing/make-pdf.ts';
import { multipart } from '../../../test/support/multipart.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { endWith, type PublishedApp, publishGraph, rowGraph } from './testing.ts';

let app: TestApp;
let owner: TestPerson;
let outside: Server;
let address: string;
let one: PublishedApp;
let many: PublishedApp;
/** What the document service was sent. */
const received: { key: string | undefined; body: string }[] = [];

/** An app that takes a file (or a list) and puts out its text. */
function readerOf(field: { type: 'file' | 'file-list'; max_length?: number }, valueType: string) {
  const variable = {
    variable: 'document',
    label: 'Document',
    required: true,
    allowed_file_types: ['document', 'custom'],
    allowed_file_extensions: ['.json', '.yaml', '.bin'],
    allowed_file_upload_methods: ['local_file', 'remote_url'],
    ...field,
  };
  const end = endWith(['read', 'text']);
  return publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({
      start: { type: 'start', variables: [variable] },
      read: { type: 'document-extractor', variable_selector: ['start', 'document'], is_array_file: false },
      end: { ...end, outputs: end.outputs.map((output) => ({ ...output, value_type: valueType })) },
    }),
  });
}

beforeAll(async () => {
  outside = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const piece of request) body.push(piece as Buffer);
    if (request.method === 'POST') {
      const key = request.headers['unstructured-api-key'];
      received.push({ key: String(key), body: Buffer.concat(body).toString('latin1') });
      response.setHeader('content-type', 'application/json');
      response.end('[{"type":"Title","text":"From the service"},{"type":"Text","text":"second"}]');
    } else if (request.url === '/download' || request.url === '/attachment') {
      if (request.url === '/attachment') {
        response.setHeader('content-disposition', 'attachment; filename="far.pdf"');
      }
      response.setHeader('content-type', 'application/pdf; charset=binary');
      response.end(makePdf([{ lines: [['from far away', 50, 700]] }]));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  app = await createTestApp({
    environment: {
      ETL_TYPE: 'Unstructured',
      UNSTRUCTURED_API_URL: address,
      UNSTRUCTURED_API_KEY: 'service-key',
      SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1',
      DOCUMENT_EXTRACTION_PROCESSES: '1',
    },
  });
  owner = await app.owner();
  one = await readerOf({ type: 'file' }, 'string');
  many = await readerOf({ type: 'file-list', max_length: 5 }, 'array[string]');
});
afterAll(async () => {
  await app.close();
  outside.close();
});

async function upload(to: PublishedApp, fileName: string, content: Uint8Array, type = 'document') {
  const bytes = Buffer.from(content);
  const { body, headers } = multipart([
    { name: 'file', fileName, bytes, contentType: 'application/octet-stream' },
    { name: 'user', value: 'ada' },
  ]);
  const answer = await to.client.post('/v1/files/upload', body, { headers });
  expect(answer.status).toBe(201);
  return { type, transfer_method: 'local_file', upload_file_id: answer.json.id };
}

async function run(to: PublishedApp, document: unknown) {
  const answer = await to.client.post('/v1/workflows/run', {
    inputs: { document },
    user: 'ada',
    response_mode: 'blocking',
  });
  expect(answer.text).toContain('"status"');
  return answer.json.data;
}

async function read(fileName: string, bytes: Uint8Array | string, type = 'document') {
  return run(one, await upload(one, fileName, Buffer.from(bytes), type));
}

describe('a document-extractor node', () => {
  it.each<[string, () => Uint8Array | string, string]>([
    [
      'letter.docx',
      () => makeDocx(wordParagraph('Dear ', 'Ann') + wordTable([['A'], ['1']])),
      'Dear Ann\n| A |\n| --- |\n| 1 |\n',
    ],
    [
      'prices.xlsx',
      () => makeXlsx([{ name: 'S', rows: sheetRow(1, ['茶', 3]) }]),
      '| 茶 | 3 |\n| --- | --- |',
    ],
    ['prices.csv', () => 'a;b\n1;2\n', '| a | b |\n| --- | --- |\n| 1 | 2 |'],
    [
      'paper.pdf',
      () => makePdf([{ lines: [['page one', 50, 700]] }, { lines: [['page two', 50, 700]] }]),
      'page onepage two',
    ],
    ['scan.pdf', () => makePdf([{ scan: true }]), ''],
    [
      'captions.vtt',
      () => 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi\n',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi\n',
    ],
    ['app.properties', () => 'a=1\n', 'a: 1\n'],
    ['mail.eml', () => 'Subject: Hi\r\n\r\nText\r\n', 'Subject: Hi\n\nText'],
    ['page.html', () => '<p>as it &amp; is</p>', '<p>as it &amp; is</p>'],
  ])('#103 reads %s', async (name, make, text) => {
    expect(await read(name, make())).toMatchObject({ status: 'succeeded', outputs: { result: text } });
  });

  it('#103 reads kinds that an app allows by their extensions', async () => {
    expect((await read('data.json', '{"a":[1]}', 'custom')).outputs.result).toBe(
      '{\n  "a": [\n    1\n  ]\n}',
    );
  });

  it('gives a text for each file of a list, in its order', async () => {
    const files = [
      await upload(many, 'b.txt', Buffer.from('second letter')),
      await upload(many, 'a.docx', makeDocx(wordParagraph('first letter'))),
    ];
    expect((await run(many, files)).outputs).toEqual({ result: ['second letter', 'first letter'] });
  });

  it('fetches a remote file through the guarded client and asks its source what it is', async () => {
    const remote = (url: string) => run(one, { type: 'document', transfer_method: 'remote_url', url });
    expect((await remote(`${address}/download`)).outputs.result).toBe('from far away');
    expect(await remote(`${address}/gone.pdf`)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('answered with status 404'),
    });
    expect(await remote('http://10.1.2.3/secret.pdf')).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('cannot be fetched'),
    });
  });

  it('reads files that a node before it fetched and stored', async () => {
    const fetching = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: { type: 'start', variables: [] },
        fetch: {
          type: 'http-request',
          method: 'get',
          url: `${address}/attachment`,
          authorization: { type: 'no-auth', config: null },
          headers: '',
          params: '',
          body: { type: 'none', data: [] },
          timeout: { connect: 5, read: 5, write: 5 },
          retry_config: { retry_enabled: false, max_retries: 0, retry_interval: 0 },
        },
        read: { type: 'document-extractor', variable_selector: ['fetch', 'files'], is_array_file: true },
        end: endWith(['read', 'text']),
      }),
    });
    const answer = await fetching.client.post('/v1/workflows/run', {
      inputs: {},
      user: 'ada',
      response_mode: 'blocking',
    });
    expect(answer.json.data).toMatchObject({
      status: 'succeeded',
      outputs: { result: ['from far away'] },
    });
  });

  it.each<[string, () => Uint8Array]>([
    ['letter.doc', () => Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['talk.ppt', () => Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['talk.pptx', () => makePptx([{ shapes: slideShape('title', 'x') }])],
    ['book.epub', () => makeEpub({ one: 'x' })],
    ['text.odt', () => makeOdt('<text:p>x</text:p>')],
  ])('#103 has %s read by the service that is set up', async (name, make) => {
    received.length = 0;
    const file = { ...(await upload(one, name, make())) };
    expect(await run(one, file)).toMatchObject({
      status: 'succeeded',
      outputs: { result: 'From the service\nsecond' },
    });
    expect(received).toEqual([{ key: 'service-key', body: expect.stringContaining(`filename="${name}"`) }]);
  });

  it('fails in words that name the file and say what is wrong, and the next run is well', async () => {
    const bomb = zipOf({ 'word/document.xml': new Uint8Array(64 * 1024 * 1024).fill(32) });
    expect(await read('bomb.docx', bomb)).toMatchObject({
      status: 'failed',
      error: 'bomb.docx: The file is not read: it unpacks to more than 200 times its size.',
    });
    expect(await read('locked.pdf', makePdf([{}], { encrypted: true }))).toMatchObject({
      status: 'failed',
      error: 'locked.pdf: The file is protected by a password.',
    });
    expect(await read('program.bin', 'x', 'custom')).toMatchObject({
      status: 'failed',
      error: 'program.bin: .bin files cannot be read.',
    });
    expect(await read('fine.txt', 'fine')).toMatchObject({ status: 'succeeded' });
  });

  it('fails as a whole where one file of a list cannot be read', async () => {
    const files = [
      await upload(many, 'a.txt', Buffer.from('fine')),
      await upload(many, 'b.docx', zipOf({ 'x.xml': '' })),
    ];
    expect(await run(many, files)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^b\.docx: /),
    });
  });

  it('can be tried alone with a file of the person who builds', async () => {
    const { body, headers } = multipart([
      { name: 'file', fileName: 'draft.docx', bytes: makeDocx(wordParagraph('draft')), contentType: 'x/y' },
    ]);
    const file = await owner.client.post('/console/api/files/upload', body, { headers });
    const document = { type: 'document', transfer_method: 'local_file', upload_file_id: file.json.id };
    // What the start node put out is kept for the nodes behind it.
    const alone = await owner.client.post(`${one.base}/workflows/draft/nodes/read/run`, {
      inputs: { '#start.document#': document },
    });
    expect(alone.json).toMatchObject({ status: 'succeeded', outputs: { text: 'draft' } });
    const foreign = await owner.client.post(`${one.base}/workflows/draft/nodes/read/run`, {
      inputs: { '#start.document#': { ...document, upload_file_id: '00000000-0000-4000-8000-000000000000' } },
    });
    expect(foreign).toMatchObject({ status: 400, json: { code: 'invalid_param' } });
    await owner.client.post(`${one.base}/workflows/draft/nodes/start/run`, { inputs: { document } });
    const tried = await owner.client.post(`${one.base}/workflows/draft/nodes/read/run`, { inputs: {} });
    expect(tried.json).toMatchObject({ status: 'succeeded', outputs: { text: 'draft' } });
  });
});

describe('without a document service', () => {
  it('old formats say what to do, and the others are read here', async () => {
    const plain = await createTestApp();
    try {
      const { documents } = plain.services;
      const file = (name: string, content: Uint8Array) => ({
        name,
        extension: name.slice(name.lastIndexOf('.')),
        mimeType: null,
        content,
      });
      await expect(documents.text(file('a.doc', Buffer.of(1)))).rejects.toThrow(
        /ETL_TYPE=Unstructured and UNSTRUCTURED_API_URL/,
      );
      expect(await documents.text(file('a.pptx', makePptx([{ shapes: slideShape('title', 'here') }])))).toBe(
        'here',
      );
    } finally {
      await plain.close();
    }
  });
});
