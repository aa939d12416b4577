import type { CodePort } from '@trellis/engine';
import type { TestApp, TestPerson } from '../../testing/test-app.ts';
import type { TestAnswer, TestClient } from '../../testing/test-client.ts';

/** Nodes in a row, as the canvas stores them; `data` by node id, titles are the ids. */
export function rowGraph(nodes: Readonly<Record<string, { type: string; [key: string]: unknown }>>) {
  const ids = Object.keys(nodes);
  return {
    nodes: ids.map((id) => ({ id, type: 'custom', data: { title: id, ...nodes[id] } })),
    edges: ids.slice(1).map((target, index) => ({
      source: ids[index],
      sourceHandle: 'source',
      target,
      targetHandle: 'target',
    })),
  };
}

/** A start node that asks for one text. */
export const askText = {
  type: 'start',
  variables: [{ variable: 'text', label: 'Text', type: 'text-input', required: true, max_length: 100 }],
};

/** A code node that a {@link Gate} holds; it puts out what it was given. */
export function gatedNode(source: readonly [string, string]) {
  return {
    type: 'code',
    code_language: 'python3',
    code: 'gate',
    variables: [{ variable: 'text', value_selector: source }],
    outputs: { text: { type: 'string', children: null } },
  };
}

/** An end node with one output. */
export function endWith(selector: readonly string[], name = 'result') {
  return { type: 'end', outputs: [{ variable: name, value_selector: selector, value_type: 'string' }] };
}

/** Holds code nodes until the test lets them go. */
export class Gate {
  #waiting: (() => void)[] = [];
  #arrived: (() => void)[] = [];
  /** How many nodes have come so far. */
  count = 0;

  /** The port for the server under test. */
  readonly port: CodePort = {
    run: async ({ inputs, signal }) => {
      this.count += 1;
      for (const arrive of this.#arrived.splice(0)) arrive();
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      return { outputs: { text: inputs['text'] } };
    },
  };

  /** How many nodes are held. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the next node has come. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.#arrived.push(resolve));
  }

  /** Lets everybody go who waits. */
  open(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** An app that is a graph, published, with a key. */
export interface PublishedApp {
  appId: string;
  client: TestClient;
  base: string;
}

/** Makes, saves and publishes an app. */
export async function publishGraph(
  app: TestApp,
  owner: TestPerson,
  input: {
    mode: 'workflow' | 'advanced-chat';
    graph: object;
    features?: object;
    conversation_variables?: object[];
    environment_variables?: object[];
  },
): Promise<PublishedApp> {
  const { mode, features = {}, ...rest } = input;
  const made = await owner.client.post('/console/api/apps', { name: 'Graph', mode });
  const appId: string = made.json.id;
  const base = `/console/api/apps/${appId}`;
  const saved = await owner.client.post(`${base}/workflows/draft`, { features, ...rest });
  if (saved.status !== 200) throw new Error(`the draft was refused: ${saved.text}`);
  const published = await owner.client.post(`${base}/workflows/publish`, {});
  if (published.status !== 200) throw new Error(`publishing was refused: ${published.text}`);
  const key = await owner.client.post(`${base}/api-keys`);
  return { appId, client: app.as(key.json.token), base };
}

// biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of events
type WireEvent = any;

/** The events of a stream, pings left out. */
export function eventsOf(answer: TestAnswer): WireEvent[] {
  return answer.text
    .split('\n\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}

/** Names of events, runs of the same name once. */
export function namesOf(events: readonly WireEvent[]): string[] {
  return events.map(({ event }) => event).filter((name, index, all) => name !== all[index - 1]);
}
