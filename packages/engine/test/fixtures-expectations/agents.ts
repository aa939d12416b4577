import { answered, answerOf, type Scenario } from './scenario.ts';

const straight =
  'start, agent and answer in a row: the answer shows the agent’s text, and the agent is asked the query';

/** Apps around one agent. The faked strategy says `agent: ` and the query parameter it was given. */
export const agentScenarios: readonly Scenario[] = [
  {
    file: '01-agent-flow.yml',
    reason: straight,
    query: 'to Rome',
    expect: { outputs: answered('agent: to Rome'), ran: 'all' },
  },
  {
    file: '02-agent-tool-calls.yml',
    reason: straight,
    query: 'what time is it',
    expect: { outputs: answered('agent: what time is it'), ran: 'all' },
  },
  {
    file: '06-task-dialogue-agent.yml',
    reason:
      'the agent’s text does not contain InformationCollectionCompleted: ELSE, the first answer shows the agent’s text',
    query: 'to Rome',
    expect: {
      outputs: answered('agent: to Rome'),
      ran: ['1742523552659', '1742523567258', '1742523610643', 'answer'],
    },
  },
  {
    file: '06-task-dialogue-agent.yml',
    reason:
      'the agent’s text contains InformationCollectionCompleted: the model plans, the second answer shows its text only',
    query: 'InformationCollectionCompleted: Rome',
    expect: {
      outputs: answered(answerOf('1742523618478')),
      ran: ['1742523552659', '1742523567258', '1742523610643', '1742523618478', '1742523717912'],
    },
  },
  {
    file: '14-mcp-map.yml',
    reason: straight,
    query: 'route to the station',
    expect: { outputs: answered('agent: route to the station'), ran: 'all' },
  },
  {
    file: '15-mcp.yml',
    reason: straight,
    query: 'weather',
    expect: { outputs: answered('agent: weather'), ran: 'all' },
  },
  {
    file: '39-travel.yml',
    reason:
      'the user’s line is appended to the conversation’s history before the agent is asked with the history, a list of texts in its JSON form; after the answer the agent’s line is appended too',
    query: 'Paris',
    conversation: { History: ['user:hi', 'assistant:hello'] },
    expect: {
      outputs: answered('agent: ["user:hi", "assistant:hello", "user:Paris"]'),
      ran: 'all',
      conversation: {
        History: [
          'user:hi',
          'assistant:hello',
          'user:Paris',
          'assistant:agent: ["user:hi", "assistant:hello", "user:Paris"]',
        ],
      },
    },
  },
];
