import { parseArgs } from 'node:util';
import { type Command, type CommandContext, type CommandInput, UsageError } from './command.ts';

/** Finds the command that was typed, and what is left for it. */
export function findCommand(
  commands: readonly Command[],
  args: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = commands.find((entry) => entry.name === name || entry.aliases?.includes(name));
    if (command !== undefined && args.length >= words) return { command, rest: args.slice(words) };
  }
  return undefined;
}

/** The list of commands. */
export function helpText(commands: readonly Command[]): string {
  const heads = commands.map(({ name, usage }) =>
    [name, usage].filter((part) => part !== undefined).join(' '),
  );
  const width = Math.max(...heads.map(({ length }) => length));
  const lines = commands.map(({ summary }, index) => `  ${(heads[index] ?? '').padEnd(width)}  ${summary}`);
  return ['Usage: npm run trellis -- COMMAND', '', ...lines].join('\n');
}

/** Runs what was typed. Throws UsageError when it makes no sense. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  context: CommandContext,
): Promise<void> {
  const [first] = args;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    context.print(helpText(commands));
    return;
  }
  const found = findCommand(commands, args);
  if (found === undefined) throw new UsageError(`There is no command "${first}".\n\n${helpText(commands)}`);
  const { command, rest } = found;
  if (rest.includes('--help') || rest.includes('-h')) {
    context.print(
      `Usage: npm run trellis -- ${[command.name, command.usage ?? ''].join(' ').trim()}\n\n${command.summary}.`,
    );
    return;
  }
  await command.run(context, parseInput(command, rest));
}

function parseInput(command: Command, rest: readonly string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: command.options ?? {},
      allowPositionals: true,
      strict: true,
    });
    const entries = Object.entries(values);
    return {
      positionals,
      flags: new Set(entries.flatMap(([name, value]) => (value === true ? [name] : []))),
      values: new Map(
        entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
      ),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
