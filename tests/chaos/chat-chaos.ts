import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import pino from 'pino';
import { openDataFolder } from '../../apps/server/src/platform/data-folder.ts';
import { openDatabase } from '../../apps/server/src/platform/database/open-database.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { prepareChatApp } from '../../bench/harness/chat-app.ts';
import { processTree } from '../../bench/harness/processes.ts';
import { databasePid, type Serving, startProgram, startTrellis } from '../../bench/harness/server.ts';

/** A streamed turn as its client saw it before everything died. */
interface SeenTurn {
  query: string;
  messageId: string;
  /** Text so far, with the time of each piece. */
  pieces: { atMs: number; text: string }[];
  ended: boolean;
}

/** What one kill did. */
export interface ChaosReport {
  /** Turns whose first `data:` line had reached a client. */
  turns: number;
  /** How many of them were still streaming when everything was killed. */
  cutOff: number;
  /** From the moment at which the second server's process was started to the last final state. */
  recoveredMs: number;
  /** How much of that was over when it first answered: the program's start and the database's own recovery. */
  readyMs: number;
  /** What was not as promised, in words; empty is good. */
  broken: string[];
}

/** Text that a client has seen this long before the kill must be in the record. */
const allowedLossMs = 1_000;
/** All turns are final this long after the second server's process was started. */
export const recoveryLimitMs = 5_000;
/**
 * What a start may take (a budget of its own). On a machine too busy to keep it, the time that is left counts from the
 * first answer, so that a full machine fails nothing and a slow recovery does not hide behind one.
 */
const startLimitMs = 3_000;
/** 100 chunks, thirty a second: a turn takes three seconds. */
const model = 'bench-100@30';

/**
 * Keeps `concurrency` chat turns streaming, kills server and database together at a random moment, starts the server
 * again on the same data and compares the records with what clients had seen. One data folder serves all moments.
 */
export async function runChatChaos(options: {
  moments: number;
  concurrency: number;
  say: (line: string) => void;
}): Promise<ChaosReport[]> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-chaos-'));
  const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
  let server = await startTrellis(dataPath);
  const reports: ChaosReport[] = [];
  try {
    const app = await prepareChatApp(server.url, { endpoint: `${provider.url}/v1`, name: model });
    for (let moment = 1; moment <= options.moments; moment += 1) {
      const load = new Load({ url: server.url, key: app.key, concurrency: options.concurrency });
      await sleep(400 + Math.random() * 3_600);
      await killTogether(server, dataPath);
      const killedAtMs = performance.now();
      await load.stop();
      server = await startTrellis(dataPath);
      const report = await check({ load, killedAtMs, dataPath, restartedMs: server.startMs });
      reports.push(report);
      options.say(
        `moment ${moment}: ${report.turns} turns seen, ${report.cutOff} cut off, first answer after ${Math.round(report.readyMs)} ms, final after ${Math.round(report.recoveredMs)} ms${report.broken.map((line) => `\n    ${line}`).join('')}`,
      );
    }
  } finally {
    await server.stop().catch(() => undefined);
    await provider.stop();
    await rm(dataPath, { recursive: true, force: true });
  }
  return reports;
}

/** Clients that start a new turn as soon as theirs has ended. */
class Load {
  readonly turns: SeenTurn[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #workers: Promise<void>[];
  #stopped = false;

  constructor(options: { url: string; key: string; concurrency: number }) {
    this.#workers = Array.from({ length: options.concurrency }, async (_, worker) => {
      for (let count = 0; !this.#stopped; count += 1) {
        await this.#turn(options, `question ${worker}-${count}-${Math.random()}`);
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#agent.destroy();
    await Promise.all(this.#workers);
  }

  #turn(options: { url: string; key: string }, query: string): Promise<void> {
    return new Promise((resolve) => {
      let turn: SeenTurn | undefined;
      let rest = '';
      const call = request(
        `${options.url}/v1/chat-messages`,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${options.key}` },
        },
        (response) => {
          response.setEncoding('utf8');
          response.on('data', (text: string) => {
            const lines = (rest + text).split('\n\n');
            rest = lines.pop() ?? '';
            for (const line of lines) {
              if (!line.startsWith('data: ')) continue;
              const event = JSON.parse(line.slice(6)) as {
                event: string;
                message_id: string;
                answer?: string;
              };
              if (!turn) {
                turn = { query, messageId: event.message_id, pieces: [], ended: false };
                this.turns.push(turn);
              }
              if (event.event === 'message')
                turn.pieces.push({ atMs: performance.now(), text: event.answer ?? '' });
              if (event.event === 'message_end') turn.ended = true;
            }
          });
          response.on('close', resolve);
          response.on('error', () => resolve());
        },
      );
      call.on('error', () => resolve());
      call.end(
        JSON.stringify({
          inputs: {},
          query,
          user: 'chaos',
          response_mode: 'streaming',
          auto_generate_name: false,
        }),
      );
    });
  }
}

/** Server and database with all their processes, at once and without a word. */
async function killTogether(server: Serving, dataPath: string): Promise<void> {
  const database = databasePid(dataPath);
  const victims = processTree(server.pid, [database]);
  for (const pid of victims) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended by itself in the meantime.
    }
  }
  await server.exited;
}

interface Row {
  id: string;
  query: string;
  answer: string;
  status: string;
}

async function check(input: {
  load: Load;
  killedAtMs: number;
  dataPath: string;
  restartedMs: number;
}): Promise<ChaosReport> {
  const { turns } = input.load;
  const broken: string[] = [];
  const startedAt = performance.now() - input.restartedMs;
  const records = await openRecords(input.dataPath);
  try {
    let running = await records.running();
    while (running > 0 && performance.now() - startedAt < recoveryLimitMs + 2_000) {
      await sleep(50);
      running = await records.running();
    }
    const recoveredMs = performance.now() - startedAt;
    if (running > 0) broken.push(`${running} turns stay running`);
    const readyMs = input.restartedMs;
    if (recoveredMs - Math.max(0, readyMs - startLimitMs) > recoveryLimitMs) {
      broken.push(
        `final states took ${Math.round(recoveredMs)} ms, the first answer ${Math.round(readyMs)} of them`,
      );
    }
    const rows = await records.messages(turns.map((turn) => turn.messageId));
    for (const turn of turns) broken.push(...compare(turn, rows.get(turn.messageId), input.killedAtMs));
    return {
      turns: turns.length,
      cutOff: turns.filter((turn) => !turn.ended).length,
      recoveredMs,
      readyMs,
      broken,
    };
  } finally {
    await records.close();
  }
}

function compare(turn: SeenTurn, row: Row | undefined, killedAtMs: number): string[] {
  if (!row) return [`the turn ${turn.messageId} is not there`];
  const problems: string[] = [];
  if (row.query !== turn.query) problems.push(`the query of ${row.id} is ${JSON.stringify(row.query)}`);
  if (row.status === 'running') problems.push(`${row.id} has no final status`);
  if (turn.ended && row.status !== 'normal')
    problems.push(`${row.id} ended for its client but is ${row.status}`);
  const owed = turn.pieces
    .filter((piece) => turn.ended || piece.atMs < killedAtMs - allowedLossMs)
    .map((piece) => piece.text)
    .join('');
  if (!row.answer.startsWith(owed)) {
    problems.push(`${row.id} has ${row.answer.length} characters of the ${owed.length} it owes`);
  }
  return problems;
}

/** The records, read beside the running server. */
async function openRecords(dataPath: string) {
  const dataFolder = await openDataFolder({ path: dataPath, role: 'tool' });
  const database = await openDatabase({
    environment: readEnvironment({}),
    dataFolder,
    log: pino({ level: 'silent' }),
    signal: AbortSignal.timeout(10_000),
  });
  const pool: Pool = database.pool;
  return {
    async running(): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `select ((select count(*) from runs where status = 'running')
               + (select count(*) from messages where status = 'running'))::int as count`,
      );
      return rows[0]?.count ?? 0;
    },
    async messages(ids: string[]): Promise<Map<string, Row>> {
      const { rows } = await pool.query<Row>(
        'select id, query, answer, status from messages where id = any($1::uuid[])',
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row]));
    },
    async close(): Promise<void> {
      await database.close();
      await dataFolder.close();
    },
  };
}
