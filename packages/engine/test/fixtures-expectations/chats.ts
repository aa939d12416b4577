import { answered, answerOf, type Scenario } from './scenario.ts';

const modelAnswers = 'start, model and answer in a row: the answer shows the model’s text';

const notStarted = `<div>
<span style="color: red;">还未开始游戏</span>，请点击 <button data-size="small" data-variant="primary" data-message="#开始">开始</button> 开始游戏！
</div>`;

const challenge = {
  game_level: 0,
  game_level_name: 'Chapter 1',
  question_description: 'Say yes',
  question_id: 1,
  question_title: 'Question 1',
  question_type: 0,
};
const shownChallenge = '## Chapter 1\n### Question 1\n**当前挑战：** Say yes';

/** Chatflows without agents. */
export const chatScenarios: readonly Scenario[] = [
  {
    file: '03-artifact.yml',
    reason: modelAnswers,
    query: 'hi',
    expect: { outputs: answered(answerOf('llm')), ran: 'all' },
  },
  {
    file: '16-python-coding-prompt.yml',
    reason: modelAnswers,
    query: 'write a loop',
    expect: { outputs: answered(answerOf('llm')), ran: 'all' },
  },
  {
    file: '19-chart.yml',
    reason: 'the body of the web’s answer goes to the code, the answer shows what the code makes of it',
    query: 'chart',
    web: ['{"data": 1}'],
    code: { '1731568257888': ({ data }) => ({ output: `chart of ${data}` }) },
    expect: { outputs: answered('chart of {"data": 1}'), ran: 'all' },
  },
  {
    file: '21-word-segmentation.yml',
    reason: 'the code gets the query, the answer shows its output',
    query: 'ab',
    code: { '1732240797960': ({ input_content }) => ({ output: `${String(input_content)}/` }) },
    expect: { outputs: answered('ab/'), ran: 'all' },
  },
  {
    file: '25-matplotlib.yml',
    reason: 'the answer puts the code’s text into a data address, and keeps its own newline',
    query: 'draw',
    code: { '1732083953925': () => ({ result: 'QUJD' }) },
    expect: { outputs: answered('![描述文本](data:image/png;base64,QUJD)\n'), ran: 'all' },
  },
  {
    file: '31-illustrated-knowledge.yml',
    reason: 'the query is searched, the passages are the model’s context, the answer shows its text',
    query: 'cats',
    passages: ['Cats sleep.'],
    expect: {
      outputs: answered(answerOf('1743994891832')),
      ran: 'all',
      searched: 'cats',
      inputs: { '1743994891832': { '#context#': 'Cats sleep.' } },
    },
  },
  {
    file: '36-thinking-assistant.yml',
    reason:
      'the search reads sys.query through the start node, as old files do; the rest as in the file before',
    query: 'five whys',
    passages: ['Ask why five times.'],
    expect: {
      outputs: answered(answerOf('llm')),
      ran: 'all',
      searched: 'five whys',
      inputs: { llm: { '#context#': 'Ask why five times.', '#sys.query#': 'five whys' } },
    },
  },
  {
    file: '32-surrounded-by-models.yml',
    reason:
      'neither start nor restart is asked for, so the status stays pending, reaches the first case through template and aggregator, and the game is said not to have started',
    query: 'hello',
    expect: {
      outputs: answered(notStarted),
      ran: ['start', '1735183356205', '1736326800771', '1736326851692', '1735183233430', '1735183663452'],
      conversation: { status: 'pending' },
    },
  },
  {
    file: '32-surrounded-by-models.yml',
    reason:
      'start is asked for: the assigner sets the status, the third case leads straight to the code (the models are skipped, their texts are null), its results become conversation variables, running with -1 leads to the challenge',
    query: '#开始',
    code: { '1735195133945': () => ({ ...challenge, status: 'running', valid_pass: -1 }) },
    expect: {
      outputs: answered(shownChallenge),
      ran: [
        'start',
        '1735183356205',
        '1735183411877',
        '1736326776211',
        '1736326851692',
        '1735183233430',
        '1735195133945',
        '1735201350381',
        '1735201048213',
        '1735197213688',
        '1735192250756',
      ],
      inputs: {
        '1735195133945': { status: 'start', text: null, reversed_text: null, reciprocal_text: null },
      },
      conversation: { status: 'running', game_level: 0, question_id: 1, question_type: 0 },
    },
  },
  {
    file: '32-surrounded-by-models.yml',
    reason:
      'the game runs: no case fits, so the model is asked; it is no palindrome or reciprocal question; the code finds the answer wrong (0), and the answers of model, failure and challenge join in the order in which they ran',
    query: 'maybe',
    conversation: { status: 'running' },
    models: { '1735195760496': 'no' },
    code: { '1735195133945': () => ({ ...challenge, status: 'running', valid_pass: 0 }) },
    expect: {
      outputs: answered(
        `**模型的回答：**\nno\n\n**挑战结果：** <span style="color: red;">挑战失败，请再试一次。</span>\n\n${shownChallenge}`,
      ),
      ran: [
        'start',
        '1735183356205',
        '1736326800771',
        '1736326851692',
        '1735183233430',
        '1735195760496',
        '1735198861231',
        '1735198227518',
        '1735213477600',
        '1735195133945',
        '1735201350381',
        '1735201048213',
        '1735197213688',
        '1735197253934',
        '1735192250756',
      ],
      inputs: { '1735195133945': { text: 'no', reversed_text: null } },
    },
  },
];
