/** One call of a code node of an app file: invented inputs, and the outputs derived from them by hand. */
export interface AppFileCase {
  readonly file: string;
  /** Id of the code node within the file's graph. */
  readonly node: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  /** Why the outputs are these. */
  readonly why: string;
  /** Part of the outputs that is compared, where the whole would repeat the node's own text. */
  readonly read?: (outputs: Readonly<Record<string, unknown>>) => unknown;
  /** Least time that the call takes, of a node that sleeps. */
  readonly atLeastMs?: number;
}

const picture = '{"data":{"url":"http://x/y.png"}}';
const couplet = 'x {"banner":"ab","top":"t","bottom":"b","summary":"s"} y';

/** At least one call of every code node that needs nothing but the standard library. */
export const appFileCases: readonly AppFileCase[] = [
  {
    file: '04-code-translation.yml',
    node: '1720508367130',
    values: {
      text: '{"json":{"out_file_name":"a.py","python":[{"type":"function","signature":"def f()"},{"type":"import"}]}}',
      dest_lang: 'python',
    },
    expected: {
      resp: {
        out_file_name: 'a.py',
        python: [{ type: 'function', signature: 'def f()' }, { type: 'import' }],
      },
      signatures: ['def f()'],
    },
    why: 'only functions and classes have signatures',
  },
  {
    file: '04-code-translation.yml',
    node: '1720580885073',
    values: {
      sig_impl: ['def f(): pass', 'class C: pass'],
      resp: { python: [{ type: 'function' }, { type: 'import', codes: 'import os' }, { type: 'class' }] },
      dest_lang: 'python',
    },
    expected: {
      final_code: 'def f(): pass\nimport os\nclass C: pass',
      resp: {
        python: [
          { type: 'function', codes: 'def f(): pass' },
          { type: 'import', codes: 'import os' },
          { type: 'class', codes: 'class C: pass' },
        ],
      },
    },
    why: 'implementations go to functions and classes in order, and an import keeps its own',
  },
  {
    file: '07-operations-pipeline.yml',
    node: '1721662209718',
    values: { arg1: picture },
    expected: { image_1_url: 'http://x/y.png' },
    why: 'the first picture has the address of the answer',
  },
  {
    file: '07-operations-pipeline.yml',
    node: '1721663585779',
    values: { arg1: picture },
    expected: { image_2_url: 'http://x/y.png' },
    why: 'the second picture has the address of the answer',
  },
  {
    file: '07-operations-pipeline.yml',
    node: '1721726279422',
    values: { arg1: picture },
    expected: { image_3_url: 'http://x/y.png' },
    why: 'the third picture has the address of the answer',
  },
  {
    file: '07-operations-pipeline.yml',
    node: '1721726788584',
    values: { arg1: picture },
    expected: { image_4_url: 'http://x/y.png' },
    why: 'the fourth picture has the address of the answer',
  },
  {
    file: '12-reader-jinja.yml',
    node: '1713262060182',
    values: { arg1: 'See [a](https://a.example/x) and http://b.example/y?z=1, not ftp://c.example' },
    expected: { result: ['https://a.example/x', 'http://b.example/y?z=1,'] },
    why: 'an address ends at white space or a bracket, so that the comma stays',
    atLeastMs: 13_000,
  },
  {
    file: '12-reader-jinja.yml',
    node: '1720759755103',
    values: { arg1: ['https://a.example\\SPone\ntwo', 'https://b.example\\SPthree'] },
    expected: {
      result: [
        { url: 'https://a.example', text: 'one two' },
        { url: 'https://b.example', text: 'three' },
      ],
    },
    why: 'the mark divides address and text, whose lines are joined by spaces',
    atLeastMs: 13_000,
  },
  {
    file: '19-chart.yml',
    node: '1731568257888',
    values: {
      data: '{"data":{"beginYear":1991,"endYear":2020,"data":[{"month":1,"maxTemp":2.5,"minTemp":-8,"rainfall":3},{"month":2,"maxTemp":6,"minTemp":-5.5,"rainfall":0}]}}',
    },
    read: readChart,
    expected: {
      period: '1991年-2020年',
      months: ['1月', '2月'],
      series: [
        [2.5, 6],
        [-8, -5.5],
        [3, 0],
      ],
    },
    why: 'highest, lowest and rain are one series each, by month, in a fenced chart',
  },
  {
    file: '23-json-translate.yml',
    node: '1731659181729',
    values: {
      json_data_string: JSON.stringify({
        title: '你好',
        color: '#ff0000',
        count: 5,
        shown: true,
        site: 'https://a.example',
        mail: 'a@b.example',
        date: '2024-01-02',
        blank: ' ',
        mark: '!?',
        list: ['Hello', '12.5', { deep: 'World' }],
      }),
    },
    expected: {
      items_to_translate: [
        { path: ['title'], text: '你好' },
        { path: ['list', '0'], text: 'Hello' },
        { path: ['list', '2', 'deep'], text: 'World' },
      ],
    },
    why: 'only texts with letters count, and no colours, numbers, addresses or dates',
  },
  {
    file: '23-json-translate.yml',
    node: '1731659360096',
    values: { item: { path: ['list', '0'], text: 'Hello' } },
    expected: { path: ['list', '0'], text: 'Hello' },
    why: 'the two members become two outputs',
  },
  {
    file: '23-json-translate.yml',
    node: '1731659778623',
    values: { item: { path: ['a'], text: 'Hello' }, translated_text: '你好' },
    expected: { result: { path: ['a'], text: 'Hello', translated_text: '你好' } },
    why: 'the translation joins the members of the item',
  },
  {
    file: '23-json-translate.yml',
    node: '1731659874585',
    values: {
      translated_items: [
        { path: ['title'], translated_text: 'Hello' },
        { path: ['list', '1'], translated_text: '世界' },
      ],
      json_data_string: '{"title":"你好","list":["x","World"]}',
    },
    expected: { result: '{\n  "title": "Hello",\n  "list": [\n    "x",\n    "世界"\n  ]\n}' },
    why: 'each path is replaced, the rest stays, and the text is indented by two and not escaped',
  },
  {
    file: '30-book-translation.yml',
    node: '1717916867969',
    values: { input_text: 'a'.repeat(8000) + 'b'.repeat(8050) },
    expected: { chunks: ['a'.repeat(8000), 'a'.repeat(100) + 'b'.repeat(7900), 'b'.repeat(250)] },
    why: 'chunks of 8000 start at 0, 7900 and 15800, each 100 before the end of the last',
  },
  {
    file: '30-book-translation.yml',
    node: '1717916867969',
    values: { input_text: '' },
    expected: { chunks: [] },
    why: 'no text has no chunks',
  },
  {
    file: '32-surrounded-by-models.yml',
    node: '1735199302294',
    values: { query: 'ab你' },
    expected: { reversed_query: '你ba' },
    why: 'characters are reversed, not bytes',
  },
  {
    file: '40-couplets.yml',
    node: '1737014565681',
    values: { text: couplet, enabled_summary: '关闭' },
    expected: { banner: 'ab', reversed_banner: 'ba', top: 't', bottom: 'b', summary: '福' },
    why: 'with the summary off, its fixed character stands in',
  },
  {
    file: '40-couplets.yml',
    node: '1737014565681',
    values: { text: couplet, enabled_summary: '开启' },
    expected: { banner: 'ab', reversed_banner: 'ba', top: 't', bottom: 'b', summary: 's' },
    why: 'with the summary on, it is that of the answer',
  },
  {
    file: '42-headline-writer.yml',
    node: '1719028193404',
    values: { titles: 'a\\nb\nc' },
    expected: { result: ['a', 'b', 'c'] },
    why: 'written and real line ends both divide',
  },
];

interface Chart {
  readonly title: { readonly subtext: string };
  readonly xAxis: { readonly data: readonly string[] };
  readonly series: readonly { readonly data: readonly number[] }[];
}

function readChart({ output }: Readonly<Record<string, unknown>>): unknown {
  const json = /^```echarts\n(.*)\n```$/s.exec(String(output))?.[1];
  if (json === undefined) return output;
  const { title, xAxis, series } = JSON.parse(json) as Chart;
  return {
    period: /^\d+年-\d+年/.exec(title.subtext)?.[0],
    months: xAxis.data,
    series: series.map(({ data }) => data),
  };
}
