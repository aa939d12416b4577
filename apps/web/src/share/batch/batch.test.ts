import { describe, expect, it } from 'vitest';
import { readForm } from '../../api/model-config.ts';
import { type BatchRow, createBatch, type RunRow } from './batch-store.ts';
import { parseCsv, writeCsv } from './csv.ts';
import { batchVariables, canBatch, decodeCsv, readRows } from './rows.ts';

const variables = batchVariables(
  readForm([
    { 'text-input': { variable: 'name', label: 'Name', required: true, max_length: 5 } },
    { number: { variable: 'age', label: 'Age', required: false } },
    { select: { variable: 'size', label: 'Size', required: false, options: ['S', 'M'] } },
    { checkbox: { variable: 'agreed', label: 'Agreed', required: false } },
    { json_object: { variable: 'extra', label: 'Extra', required: false } },
    { file: { variable: 'scan', label: 'Scan', required: false } },
  ]),
);
const header = 'Name,Age,Size,Agreed,Extra';
const read = (text: string) => readRows(parseCsv(text) ?? [], variables);

describe('the file of a batch', () => {
  it('gives rows with the types of the form, whatever the order of its columns', () => {
    expect(read('Age,Name,Size,Agreed,Extra\n42,"A, b",M,yes,"{""a"":1}"\n,Bo,,,\n\n')).toEqual({
      rows: [
        { name: 'A, b', age: 42, size: 'M', agreed: true, extra: { a: 1 } },
        { name: 'Bo', agreed: false },
      ],
    });
  });

  it('may name columns by variable, and begin with a byte-order mark', () => {
    const text = decodeCsv(new TextEncoder().encode('\uFEFFname,age,size,agreed,extra\r\nBo,1,S,0,\r\n'));
    expect(read(text ?? '')).toEqual({ rows: [{ name: 'Bo', age: 1, size: 'S', agreed: false }] });
  });

  it.each([
    ['', [{ kind: 'empty' }]],
    [header, [{ kind: 'no-rows' }]],
    ['Name,Age,Size,Agreed,Shoe\nx', [{ kind: 'header', missing: ['Extra'], unknown: ['Shoe'] }]],
    [`${header}\nBo,1,,,\n,,,,\nBo,1,,,`, [{ kind: 'empty-row', row: 3 }]],
    [`${header}\n,1,,,`, [{ kind: 'missing', row: 2, column: 'Name' }]],
    [`${header}\nLonger,1,,,`, [{ kind: 'too-long', row: 2, column: 'Name', allowed: '5' }]],
    [
      `${header}\nBo,many,XL,maybe,{`,
      [
        { kind: 'not-number', row: 2, column: 'Age' },
        { kind: 'not-option', row: 2, column: 'Size', allowed: 'S, M' },
        { kind: 'not-yes-or-no', row: 2, column: 'Agreed' },
        { kind: 'not-json', row: 2, column: 'Extra' },
      ],
    ],
  ])('%j is refused with what has to be mended and where', (text, problems) => {
    expect(read(text)).toEqual({ problems });
  });

  it('has to be UTF-8, with quotes that match', () => {
    expect(decodeCsv(Uint8Array.from([0x4e, 0xe4, 0x6d, 0x65]))).toBeUndefined();
    expect(parseCsv('a,b\n"open,1')).toBeUndefined();
  });

  it('cannot carry files: an app that needs one has no batch', () => {
    expect(variables.map(({ variable }) => variable)).not.toContain('scan');
    expect(canBatch(readForm([{ file: { variable: 'scan', required: false } }]))).toBe(true);
    expect(canBatch(readForm([{ file: { variable: 'scan', required: true } }]))).toBe(false);
  });
});

describe('the results as a file', () => {
  it('hold nothing that a spreadsheet would calculate, and numbers stay numbers', () => {
    const text = writeCsv([
      ['=HYPERLINK("http://x")', '@SUM(A1)', '+cmd|x', '-2+3', '\tx', '-5', '+1.5', 'a=b'],
    ]);
    const [row] = parseCsv(text.slice(1)) ?? [];
    expect(row).toEqual([
      `'=HYPERLINK("http://x")`,
      `'@SUM(A1)`,
      `'+cmd|x`,
      `'-2+3`,
      `'\tx`,
      '-5',
      '+1.5',
      'a=b',
    ]);
    expect(text.startsWith('\uFEFF')).toBe(true);
  });
});

/** A batch whose rows end when the test says so. */
function world(concurrency: number, kept: string | null = null) {
  const going = new Map<unknown, { end: (error?: Error) => void; pause: () => void; key: string }>();
  let memory = kept;
  let keys = 0;
  const run: RunRow = ({ inputs, key }, { onPaused }) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        going.delete(inputs['n']);
        if (error) reject(error);
        else resolve({ twice: Number(inputs['n']) * 2 });
      };
      going.set(inputs['n'], { key, end, pause: onPaused });
    });
  const batch = createBatch({
    run,
    concurrency,
    newKey: () => `key-${++keys}`,
    describe: String,
    memory: {
      read: () => memory,
      write: (text) => {
        memory = text;
      },
    },
  });
  const statuses = () => batch.getState().rows.map(({ status }) => status);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1));
  return { batch, going, statuses, settle, memory: () => memory };
}
const inputs = (count: number) => Array.from({ length: count }, (_, index) => ({ n: index + 1 }));

describe('a batch', () => {
  it('runs as many rows at a time as it may, the next when one has ended', async () => {
    const { batch, going, statuses, settle } = world(2);
    batch.getState().load(inputs(4));
    batch.getState().start();
    expect([...going.keys()]).toEqual([1, 2]);
    going.get(2)?.end();
    await settle();
    expect([...going.keys()]).toEqual([1, 3]);
    expect(statuses()).toEqual(['running', 'done', 'running', 'waiting']);
    expect(batch.getState().rows[1]?.outputs).toEqual({ twice: 4 });
  });

  it('goes on after a failure, and runs what failed again with a new key', async () => {
    const { batch, going, statuses, settle } = world(1);
    batch.getState().load(inputs(2));
    batch.getState().start();
    going.get(1)?.end(new Error('refused'));
    await settle();
    going.get(2)?.end();
    await settle();
    expect(statuses()).toEqual(['failed', 'done']);
    expect(batch.getState()).toMatchObject({ running: false, rows: [{ error: 'Error: refused' }, {}] });
    batch.getState().retry();
    expect(going.get(1)?.key).toBe('key-3');
    going.get(1)?.end();
    await settle();
    expect(statuses()).toEqual(['done', 'done']);
  });

  it('gives the place of a row that waits for a person to the next', async () => {
    const { batch, going, statuses, settle } = world(1);
    batch.getState().load(inputs(2));
    batch.getState().start();
    going.get(1)?.pause();
    expect(statuses()).toEqual(['paused', 'running']);
    going.get(2)?.end();
    await settle();
    expect(batch.getState().running).toBe(true);
    going.get(1)?.end();
    await settle();
    expect([statuses(), batch.getState().running]).toEqual([['done', 'done'], false]);
  });

  it('stops what has not ended, and what ends afterwards changes nothing', async () => {
    const { batch, going, statuses, settle } = world(1);
    batch.getState().load(inputs(3));
    batch.getState().start();
    going.get(1)?.end();
    await settle();
    const late = going.get(2);
    batch.getState().stop();
    late?.end();
    await settle();
    expect(statuses()).toEqual(['done', 'stopped', 'stopped']);
    batch.getState().retry(2);
    expect([...going.keys()]).toEqual([3]);
  });

  it('is found again after a reload: what was under way is asked for with the same key', () => {
    const row = (status: BatchRow['status'], key: string): BatchRow => ({
      inputs: { n: 1 },
      status,
      outputs: {},
      error: '',
      key,
    });
    const kept = JSON.stringify([row('done', 'a'), row('running', 'b'), row('waiting', 'c')]);
    const { batch, going, statuses } = world(1, kept);
    expect(statuses()).toEqual(['done', 'waiting', 'waiting']);
    batch.getState().start();
    expect(going.get(1)?.key).toBe('b');
    expect(world(1, 'no json').statuses()).toEqual([]);
  });
});
