import { answerOf, type Scenario } from './scenario.ts';

const modelOutput = 'start, model and end in a row: the output is the model’s text';

/** Workflow apps. A faked tool says its name and its parameters. */
export const workflowScenarios: readonly Scenario[] = [
  {
    file: '04-code-translation.yml',
    reason:
      'signatures found by code are written one by one by the model in an iteration of the oldest form; both lists reach the merging code in order; a list of texts is not flattened',
    inputs: {
      code_to_translate: 'def f(): pass',
      code_file_name: 'f.py',
      src_lang: 'python',
      dest_lang: 'java',
    },
    code: {
      '1720508367130': ({ text }) => ({ resp: { java: [], text }, signatures: ['f', 'g'] }),
      '1720580885073': ({ sig_impl, resp }) => ({ final_code: JSON.stringify(sig_impl), resp }),
    },
    expect: {
      outputs: { final_code: JSON.stringify([answerOf('1720580171037'), answerOf('1720580171037')]) },
      ran: [
        '1720505581749',
        '1720506191043',
        '1723619551968',
        '1720508367130',
        '1720580171037',
        '1720580171037',
        '1720580885073',
        '1720582990256',
      ],
      inputs: {
        '1723619551968': { yaml_content: answerOf('1720506191043') },
        '1720508367130': {
          dest_lang: 'java',
          text: `lambda_yaml_to_json ${answerOf('1720506191043')} us-east-1 yaml_to_json`,
        },
      },
    },
  },
  {
    file: '07-operations-pipeline.yml',
    reason:
      'one long row of nodes: every node runs; the pictures’ addresses come from the four web answers through the four code nodes, all other outputs are the texts of their models',
    inputs: { basic_instruction: 'write', nouns: 'x', background_detail: 'y', style: 'z' },
    web: [1, 2, 3, 4].map((number) => `{"data": {"url": "https://img.example/${number}"}}`),
    code: {
      '1721662209718': ({ arg1 }) => ({ image_1_url: JSON.parse(String(arg1)).data.url }),
      '1721663585779': ({ arg1 }) => ({ image_2_url: JSON.parse(String(arg1)).data.url }),
      '1721726279422': ({ arg1 }) => ({ image_3_url: JSON.parse(String(arg1)).data.url }),
      '1721726788584': ({ arg1 }) => ({ image_4_url: JSON.parse(String(arg1)).data.url }),
    },
    expect: {
      outputs: {
        image_1_url: 'https://img.example/1',
        image_2_url: 'https://img.example/2',
        image_3_url: 'https://img.example/3',
        image_4_url: 'https://img.example/4',
        red_content: answerOf('1721701419863'),
        red_hashtag: answerOf('1721701644071'),
        douyin_content: answerOf('1721712145556'),
        douyin_hashtag: answerOf('1721714505836'),
        x_thread_hashtag: answerOf('1721714550947'),
        ins_content_hashtag: answerOf('1721715546153'),
        bilibili_detail: answerOf('1721718701926'),
        youtube_detail: answerOf('1721719115405'),
      },
      ran: 'all',
    },
  },
  {
    file: '09-search-then-translate.yml',
    reason: 'the tool gets the content, the model’s text is the output',
    inputs: { content: 'text' },
    expect: {
      outputs: { output: answerOf('1721107989661') },
      ran: 'all',
      inputs: { '1721107989661': { '#1721107972339.text#': 'ddgo_translate text en' } },
    },
  },
  {
    file: '12-reader-jinja.yml',
    reason:
      'the iteration has no start child and begins at its tool; each address is read, summarised and joined with its text by a template, and the last template makes the table',
    inputs: { Question: 'q' },
    code: {
      '1713262060182': () => ({ result: ['https://a', 'https://b'] }),
      '1720759755103': ({ arg1 }) => ({
        result: (arg1 as string[]).map((line) => {
          const [url, text] = line.split('\\SP');
          return { url, text };
        }),
      }),
    },
    templates: { '1720761482451': '| table |' },
    expect: {
      outputs: { text: '| table |' },
      ran: [
        '1713261835258',
        '1713262010863',
        '1713262060182',
        ...['https://a', 'https://b'].flatMap(() => ['1720758285748', '1716959261724', '1720758555344']),
        '1720759755103',
        '1720761482451',
        '1713262577750',
      ],
      inputs: {
        '1720761482451': {
          arg1: [
            { url: 'https://a', text: answerOf('1716959261724') },
            { url: 'https://b', text: answerOf('1716959261724') },
          ],
        },
      },
    },
  },
  {
    file: '17-slug-generator.yml',
    reason: modelOutput,
    inputs: { title: 'A title' },
    expect: { outputs: { output: answerOf('1721110597868') }, ran: 'all' },
  },
  {
    file: '18-text-to-card.yml',
    reason: 'the picture’s address is what the model extracts from the body of the web’s answer',
    inputs: { author: 'Ada', body_text: 'Hello' },
    web: ['{"url": "https://img.example/card"}'],
    models: { '1721731782529': '{"image_url": "https://img.example/card"}' },
    expect: {
      outputs: { image_url: 'https://img.example/card' },
      ran: 'all',
      inputs: { '1721731782529': { query: '{"url": "https://img.example/card"}' } },
    },
  },
  {
    file: '23-json-translate.yml',
    reason:
      'each found text is translated in an iteration of three nodes; a file without flatten_output flattens lists only, the results are objects and stay',
    inputs: { json_data: '{"a": "x", "b": "y"}' },
    code: {
      '1731659181729': () => ({
        items_to_translate: [
          { path: ['a'], text: 'x' },
          { path: ['b'], text: 'y' },
        ],
      }),
      '1731659360096': ({ item }) => ({
        path: Reflect.get(Object(item), 'path'),
        text: Reflect.get(Object(item), 'text'),
      }),
      '1731659778623': ({ item, translated_text }) => ({ result: { ...Object(item), translated_text } }),
      '1731659874585': ({ translated_items }) => ({ result: JSON.stringify(translated_items) }),
    },
    expect: {
      outputs: {
        updated_json: JSON.stringify([
          { path: ['a'], text: 'x', translated_text: 'translate x en' },
          { path: ['b'], text: 'y', translated_text: 'translate y en' },
        ]),
      },
      ran: [
        '1731659178787',
        '1731659181729',
        ...['a', 'b'].flatMap(() => ['1731659360096', '1731659570395', '1731659778623']),
        '1731659874585',
        '1731659992069',
      ],
    },
  },
  {
    file: '29-chinese-to-english.yml',
    reason: modelOutput,
    inputs: { content: 'text' },
    expect: { outputs: { output: answerOf('1721105983723') }, ran: 'all' },
  },
  {
    file: '30-book-translation.yml',
    reason: 'four models work on each chunk in a row; the last one’s texts are joined by the template',
    inputs: { input_text: 'long text' },
    code: { '1717916867969': () => ({ chunks: ['one', 'two'] }) },
    templates: { '1717917057450': 'joined' },
    expect: {
      outputs: { final: 'joined' },
      ran: [
        '1711067409646',
        '1717916867969',
        ...['one', 'two'].flatMap(() => ['1717916961837', '1717916977413', '1717916984996', '1717916991709']),
        '1717917057450',
        '1711068257370',
      ],
      inputs: {
        '1717917057450': { translated_text: [answerOf('1717916991709'), answerOf('1717916991709')] },
      },
    },
  },
  {
    file: '34-english-to-chinese.yml',
    reason: modelOutput,
    inputs: { content: 'text' },
    expect: { outputs: { output: answerOf('1722490889313') }, ran: 'all' },
  },
  {
    file: '40-couplets.yml',
    reason: 'the code takes the model’s text apart, the template puts the parts into HTML',
    inputs: { theme: 'spring', count: '五言' },
    templates: { '1737015751556': '<div/>' },
    code: {
      '1737014565681': ({ text }) => ({
        top: 'T',
        bottom: 'B',
        banner: String(text),
        reversed_banner: 'R',
        summary: '福',
      }),
    },
    expect: {
      outputs: { output: '<div/>' },
      ran: 'all',
      inputs: {
        '1737014565681': { enabled_summary: null },
        '1737015751556': { top: 'T', banner: answerOf('1737014291474') },
      },
    },
  },
  {
    file: '42-headline-writer.yml',
    reason: 'the code splits the model’s text, the list is the output',
    inputs: { subject: 's', description: 'd' },
    models: { '1719024838077': 'one\ntwo' },
    code: { '1719028193404': ({ titles }) => ({ result: String(titles).split('\n') }) },
    expect: { outputs: { title_list: ['one', 'two'] }, ran: 'all' },
  },
  {
    file: '45-subtitle-signing.yml',
    reason: 'the code gets both inputs and gives both outputs',
    inputs: { file_ids: 'a,b', sub_appid: 5 },
    code: {
      '1731555795064': ({ file_ids, sub_appid }) => ({ status: 200, content: `${file_ids}/${sub_appid}` }),
    },
    expect: { outputs: { status: 200, content: 'a,b/5' }, ran: 'all' },
  },
];
