import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../platform/environment.ts';
import type { Command, CommandContext, CommandInput } from './command.ts';
import { commands } from './commands.ts';
import { findCommand, runCommand } from './run-command.ts';
import { createAsk } from './terminal.ts';

function setUp(environment: Record<string, string> = {}): { context: CommandContext; printed: string[] } {
  const printed: string[] = [];
  const context: CommandContext = {
    environment: readEnvironment(environment),
    log: pino({ level: 'silent' }),
    version: '1.2.3',
    migrationsFolder: '/nowhere',
    signal: new AbortController().signal,
    now: () => new Date(0),
    print: (line) => printed.push(line),
    ask: () => Promise.reject(new Error('nobody is there')),
    open: () => Promise.reject(new Error('not opened in this test')),
  };
  return { context, printed };
}

function recording(): { command: Command; inputs: CommandInput[] } {
  const inputs: CommandInput[] = [];
  const command: Command = {
    name: 'paint',
    aliases: ['colour in'],
    summary: 'Paint something',
    usage: 'WHAT [--colour NAME]',
    options: { colour: { type: 'string' }, twice: { type: 'boolean' } },
    run: async (_context, input) => {
      inputs.push(input);
    },
  };
  return { command, inputs };
}

describe('runCommand', () => {
  it('hands positionals, flags and values to the command', async () => {
    const { command, inputs } = recording();
    await runCommand([command], ['paint', 'fence', '--colour', 'red', '--twice'], setUp().context);
    expect(inputs).toEqual([
      { positionals: ['fence'], flags: new Set(['twice']), values: new Map([['colour', 'red']]) },
    ]);
  });

  it.each([[['paint', 'a']], [['colour', 'in', 'a']]])('finds %j', (args) => {
    const { command } = recording();
    expect(findCommand([command], args)?.rest).toEqual(['a']);
  });

  it.each([
    [['draw'], 'There is no command "draw"'],
    [['paint', '--shape', 'round'], "Unknown option '--shape'"],
  ])('refuses %j in words', async (args, sentence) => {
    const { command } = recording();
    await expect(runCommand([command], args, setUp().context)).rejects.toThrow(sentence);
  });

  it('lists the commands when asked for help or for nothing', async () => {
    for (const args of [[], ['help'], ['--help']]) {
      const { context, printed } = setUp();
      await runCommand(commands, args, context);
      for (const { name } of commands) expect(printed.join('\n')).toContain(name);
    }
  });

  it('explains one command', async () => {
    const { command, inputs } = recording();
    const { context, printed } = setUp();
    await runCommand([command], ['paint', '--help'], context);
    expect(printed).toEqual(['Usage: npm run trellis -- paint WHAT [--colour NAME]\n\nPaint something.']);
    expect(inputs).toEqual([]);
  });

  it('has one meaning for every name', () => {
    const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(names).toHaveLength(new Set(names).size);
  });
});

describe('environment', () => {
  it('prints what was set, secrets masked', async () => {
    const { context, printed } = setUp({ DIFY_PORT: '81', SECRET_KEY: 'a-very-secret-value' });
    await runCommand(commands, ['env'], context);
    expect(printed).toEqual(['DIFY_PORT=81', 'SECRET_KEY=••••••']);
  });
});

describe('restore', () => {
  it('wants to know which backup', async () => {
    await expect(runCommand(commands, ['restore'], setUp().context)).rejects.toThrow('Which backup?');
  });
});

describe('createAsk', () => {
  it('takes piped answers line by line and says when there are no more', async () => {
    const input = new PassThrough();
    input.end('first\nsecond\n');
    const ask = createAsk({ input, output: new PassThrough() }, new AbortController().signal);
    expect([await ask('One? '), await ask('Two? ')]).toEqual(['first', 'second']);
    await expect(ask('Three? ')).rejects.toThrow('Three? has no answer: the input ended.');
  });

  it('does not echo a hidden answer', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const output = new PassThrough();
    const ask = createAsk({ input, output }, new AbortController().signal);
    const answer = ask('Password: ', { hidden: true });
    input.write('hunter2\r');
    expect(await answer).toBe('hunter2');
    expect(String(output.read())).toBe('Password: \n');
  });
});
