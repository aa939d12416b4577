import type { Pool, QueryConfig } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScope } from '../../platform/auth/scope.ts';
import { openTestDatabase, type TestDatabase } from '../../platform/database/testing.ts';
import { newId, nilUuid } from '../../platform/ids.ts';
import { ensureRunLogPartitions } from '../../platform/runs/partitions.ts';
import { RunLog } from '../../platform/runs/run-log.ts';
import { eventually } from '../../testing/chat-world.ts';
import { readPromptConfig } from '../apps/prompt-config.ts';
import { emptyDraft } from './chat-runner.ts';
import { HistoryStore } from './history-store.ts';
import { TurnTakeOver } from './take-over.ts';
import { TextLogger } from './text-logger.ts';
import type { Turn, TurnOutcome } from './turn.ts';
import { interruptedMessage, TurnWriter } from './turn-writer.ts';

let database: TestDatabase;
const scope = makeScope(newId());

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureRunLogPartitions(database.pool, new Date());
});
afterAll(() => database.close());

function turnOf(changes: Partial<Turn> = {}): Turn {
  const config = readPromptConfig({});
  return {
    runId: newId(),
    messageId: newId(),
    conversationId: newId(),
    isNewConversation: true,
    conversationName: 'A question',
    introduction: '',
    scope,
    app: {
      id: newId(),
      mode: 'chat',
      modelConfigId: null,
      maxActiveRequests: null,
    } as unknown as Turn['app'],
    config,
    model: null,
    configId: null,
    overrideConfig: null,
    surface: 'service-api',
    asker: { endUserId: newId(), accountId: null },
    query: 'A question',
    inputs: {},
    files: [],
    parentMessageId: nilUuid,
    createdAt: new Date(),
    autoName: false,
    speaks: false,
    ...changes,
  };
}

function outcomeOf(changes: Partial<TurnOutcome> = {}): TurnOutcome {
  return {
    status: 'succeeded',
    answer: 'An answer',
    metadata: emptyDraft().metadata,
    prompt: [],
    error: null,
    modelProvider: null,
    modelId: null,
    ...changes,
  };
}

async function stateOf(turn: Turn) {
  const { rows } = await database.pool.query(
    `select r.status as run, r.owner_id, r.fence, m.status as message, m.answer, m.error
     from runs r join messages m on m.id = r.message_id where r.id = $1`,
    [turn.runId],
  );
  return rows[0];
}

/** The test's pool, of which some statements fail: before they run, or after they were committed. */
function failingPool(fails: (statement: string) => 'before' | 'after' | false): Pool {
  return {
    async query(statement: string | QueryConfig, values?: unknown[]) {
      const text = typeof statement === 'string' ? statement : (statement.name ?? statement.text);
      const failure = fails(text);
      if (failure === 'before') throw new Error('the connection was lost');
      const result = await database.pool.query(statement as string, values as unknown[]);
      if (failure === 'after') throw new Error('the connection was lost after the commit');
      return result;
    },
  } as unknown as Pool;
}

describe('TurnWriter', () => {
  it('writes a turn down when it opens and how it ended', async () => {
    const writer = new TurnWriter({ pool: database.pool, ownerId: newId() });
    const turn = turnOf();
    await writer.open(turn);
    expect(await stateOf(turn)).toMatchObject({ run: 'running', message: 'running', answer: '' });
    await writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 });
    expect(await stateOf(turn)).toMatchObject({
      run: 'succeeded',
      message: 'normal',
      answer: 'An answer',
      owner_id: null,
    });
  });

  it('lets no more turns of an app through than may run at once, however many processes open them', async () => {
    const writers = Array.from(
      { length: 4 },
      () => new TurnWriter({ pool: database.pool, ownerId: newId() }),
    );
    const [narrow, wide] = [turnOf().app, turnOf().app];
    const [limited, unlimited, opened] = [[], [], []] as [Turn[], Turn[], Turn[]];
    const attempts = writers.flatMap((writer) =>
      Array.from({ length: 10 }, async (_, index) => {
        const turn = turnOf({ app: index % 2 === 0 ? narrow : wide });
        (turn.app === narrow ? limited : unlimited).push(turn);
        // In the same statements, turns of an app that may do as much as it likes.
        if (await writer.open(turn, turn.app === narrow ? 3 : null)) opened.push(turn);
      }),
    );
    await Promise.all(attempts);
    expect(opened.filter(({ app }) => app === wide)).toHaveLength(unlimited.length);
    const running = opened.filter(({ app }) => app === narrow);
    expect(running).toHaveLength(3);
    const refused = limited.filter((turn) => !running.includes(turn));
    expect(await Promise.all(refused.map(stateOf))).toEqual(refused.map(() => undefined));
    const { rows } = await database.pool.query('select from conversations where app_id = $1', [narrow.id]);
    expect(rows).toHaveLength(3);
    // A place is free again when its turn has ended, and not before.
    const [first, second] = writers;
    expect(await second?.open(turnOf({ app: narrow }), 3)).toBe(false);
    for (const turn of running) {
      for (const writer of writers) await writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 });
    }
    expect(await first?.open(turnOf({ app: narrow }), 3)).toBe(true);
  });

  it('does not open a turn that the database refuses', async () => {
    const pool = failingPool((statement) => statement === 'turns-open' && 'before');
    const writer = new TurnWriter({ pool, ownerId: newId(), retryMs: 1 });
    const turn = turnOf();
    await expect(writer.open(turn)).rejects.toThrow('the connection was lost');
    await writer.settled();
    expect(await stateOf(turn)).toBeUndefined();
  });

  it('leaves a turn to the sweep when its opening was committed but nobody heard', async () => {
    const ownerId = newId();
    const pool = failingPool((statement) => statement === 'turns-open' && 'after');
    const writer = new TurnWriter({ pool, ownerId, retryMs: 1 });
    const turn = turnOf();
    await expect(writer.open(turn)).rejects.toThrow('after the commit');
    await eventually(async () => (await stateOf(turn))?.owner_id === null);
    await new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) }).sweep();
    expect(await stateOf(turn)).toMatchObject({ run: 'failed', message: 'error', error: interruptedMessage });
  });

  it('tries again to write an ending until the database takes it', async () => {
    let left = 3;
    const pool = failingPool((statement) => {
      if (statement !== 'turns-finish' || left === 0) return false;
      left -= 1;
      return 'before';
    });
    const writer = new TurnWriter({ pool, ownerId: newId(), retryMs: 1 });
    const turn = turnOf();
    await writer.open(turn);
    await expect(writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 })).rejects.toThrow('lost');
    await eventually(async () => (await stateOf(turn)).run === 'succeeded');
    expect(await stateOf(turn)).toMatchObject({ message: 'normal', answer: 'An answer' });
  });

  it('gives a turn up for others to end when its ending is never taken', async () => {
    const pool = failingPool((statement) => statement === 'turns-finish' && 'before');
    const writer = new TurnWriter({ pool, ownerId: newId(), retryMs: 1 });
    const turn = turnOf();
    await writer.open(turn);
    await expect(writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 })).rejects.toThrow('lost');
    await eventually(async () => (await stateOf(turn)).owner_id === null);
    expect((await stateOf(turn)).run).toBe('running');
    await new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) }).sweep();
    expect(await stateOf(turn)).toMatchObject({ run: 'failed', message: 'error' });
  });

  it('does not wait for a database that is gone when it is to end', async () => {
    const pool = failingPool((statement) => statement !== 'turns-open' && 'before');
    const writer = new TurnWriter({ pool, ownerId: newId(), retryMs: 60_000 });
    const turn = turnOf();
    await writer.open(turn);
    await expect(writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 })).rejects.toThrow('lost');
    await writer.settled();
    expect((await stateOf(turn)).run).toBe('running');
  });

  it('does not overwrite what another process wrote after taking the turn over', async () => {
    const writer = new TurnWriter({ pool: database.pool, ownerId: newId() });
    const turn = turnOf();
    await writer.open(turn);
    await new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) }).sweep();
    await writer.finish({ turn, outcome: outcomeOf(), latencySeconds: 1 });
    expect(await stateOf(turn)).toMatchObject({ run: 'failed', message: 'error', answer: '', fence: 2 });
  });
});

describe('TurnTakeOver', () => {
  it('ends the turns of dead processes with the text that was logged, and no others', async () => {
    const [dead, alive] = [newId(), newId()];
    await database.pool.query(
      `insert into run_owners (id, host, lease_until)
       values ($1, 'dead', now() - interval '1 second'), ($2, 'alive', now() + interval '1 minute')`,
      [dead, alive],
    );
    const [lost, running] = [turnOf(), turnOf()];
    await new TurnWriter({ pool: database.pool, ownerId: dead }).open(lost);
    await new TurnWriter({ pool: database.pool, ownerId: alive }).open(running);
    await database.pool.query(
      `insert into run_log (run_id, sequence, kind, payload)
       values ($1, 2, 'text', '{"text":"lo"}'), ($1, 1, 'text', '{"text":"Hel"}')`,
      [lost.runId],
    );
    const takeOver = new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) });
    const ended = await Promise.all([takeOver.sweep(), takeOver.sweep()]);
    expect(ended.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await stateOf(lost)).toMatchObject({
      run: 'failed',
      message: 'error',
      answer: 'Hello',
      error: interruptedMessage,
      fence: 2,
    });
    expect(await stateOf(running)).toMatchObject({ run: 'running', message: 'running', fence: 1 });
  });

  it('keeps nothing of what moderation had taken back', async () => {
    const dead = newId();
    const runLog = new RunLog(database.pool);
    const logger = new TextLogger({ runLog, log: pino({ level: 'silent' }) });
    const turn = turnOf();
    await new TurnWriter({ pool: database.pool, ownerId: dead }).open(turn);
    const text = logger.open(turn.runId);
    text.add('Words that were shown');
    await eventually(async () => (await runLog.read(turn.runId)).length === 1);
    text.add(' and some that were not logged yet');
    await text.replace('Withdrawn.');
    expect((await runLog.read(turn.runId)).map(({ kind }) => kind)).toEqual(['text', 'replaced']);
    logger.close();
    await new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) }).sweep();
    expect(await stateOf(turn)).toMatchObject({ run: 'failed', answer: 'Withdrawn.' });
  });

  it('keeps what was written after moderation had changed the beginning', async () => {
    const turn = turnOf();
    await new TurnWriter({ pool: database.pool, ownerId: newId() }).open(turn);
    await database.pool.query(
      `insert into run_log (run_id, sequence, kind, payload)
       values ($1, 1, 'text', '{"text":"Damn "}'), ($1, 2, 'replaced', '{"text":"**** "}'),
         ($1, 3, 'text', '{"text":"good"}')`,
      [turn.runId],
    );
    await new TurnTakeOver({ pool: database.pool, log: pino({ level: 'silent' }) }).sweep();
    expect(await stateOf(turn)).toMatchObject({ answer: '**** good' });
  });
});

describe('HistoryStore', () => {
  const history = () => new HistoryStore(database.pool);

  async function converse(parents: (parent: readonly string[]) => string | null, count = 3) {
    const writer = new TurnWriter({ pool: database.pool, ownerId: newId() });
    const conversationId = newId();
    const ids: string[] = [];
    for (let number = 1; number <= count; number += 1) {
      const turn = turnOf({
        conversationId,
        isNewConversation: number === 1,
        query: `q${number}`,
        parentMessageId: parents(ids),
        createdAt: new Date(Date.UTC(2026, 0, 1, 0, number)),
      });
      await writer.open(turn);
      const failed = number === 2;
      await writer.finish({
        turn,
        outcome: outcomeOf(
          failed
            ? { status: 'failed', answer: '', error: { code: 'x', message: 'x', status: 400 } }
            : { answer: `a${number}` },
        ),
        latencySeconds: 1,
      });
      ids.push(turn.messageId);
    }
    return { conversationId, ids };
  }

  it('leads through a failed turn, which itself says nothing', async () => {
    const { conversationId, ids } = await converse((before) => before.at(-1) ?? null);
    const past = await history().of({
      conversationId,
      scope,
      messageId: newId(),
      parentMessageId: ids[1] ?? '',
    });
    expect(past.map((turn) => turn.query)).toEqual(['q1']);
    const longer = await history().of({
      conversationId,
      scope,
      messageId: newId(),
      parentMessageId: ids[2] ?? '',
    });
    expect(longer.map((turn) => turn.answer)).toEqual(['a1', 'a3']);
  });

  it('is one line for the API and one branch for the web', async () => {
    const line = await converse(() => nilUuid);
    const all = await history().of({ ...line, scope, messageId: newId(), parentMessageId: nilUuid });
    expect(all.map((turn) => turn.query)).toEqual(['q1', 'q3']);
    const tree = await converse((before) => before[0] ?? null);
    const root = { conversationId: tree.conversationId, scope, messageId: newId() };
    const branch = await history().of({ ...root, parentMessageId: tree.ids[2] ?? '' });
    expect(branch.map((turn) => turn.query)).toEqual(['q1', 'q3']);
    expect(await history().of({ ...root, parentMessageId: null })).toEqual([]);
    const beginning = await history().of({ ...root, parentMessageId: tree.ids[0] ?? '' });
    expect(beginning.map((turn) => turn.query)).toEqual(['q1']);
  });
});
