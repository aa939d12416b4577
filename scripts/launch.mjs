/**
 * The one entry point of every npm script: brings the machine to the state that a command needs (a new enough Node,
 * installed dependencies, a built web) and then becomes that command. Plain JavaScript for Node 18 and newer, no
 * dependencies, because it runs before anything is installed.
 *
 * Usage: node scripts/launch.mjs start | dev | test | check | bench | cli [arguments…]
 */
import { join } from 'node:path';
import { runProgram, runTogether } from './launch/child.mjs';
import { ensureDependencies } from './launch/dependencies.mjs';
import { ensureNode } from './launch/node.mjs';
import { root, say } from './launch/place.mjs';
import { ensureWeb } from './launch/web.mjs';

/**
 * Node lets the young generation grow with the machine's memory and never gives it back: 80 MB more when idle, for no
 * more turns per CPU second at 64 streams and a tenth more at 500. 16 MB is what it was for years.
 */
const server = ['--max-semi-space-size=16', join(root, 'apps/server/src/main.ts')];

/** What each command needs and which programs it becomes (a program is the argument list of Node). */
const commands = {
  start: { web: true, programs: [server] },
  dev: {
    web: false,
    programs: [
      ['--watch', '--watch-preserve-output', ...server],
      [join(root, 'node_modules/vite/bin/vite.js'), join(root, 'apps/web')],
    ],
  },
  test: { web: true, programs: [[join(root, 'scripts/test.ts')]] },
  check: { web: false, programs: [[join(root, 'scripts/check.ts')]] },
  bench: { web: false, programs: [[join(root, 'bench/run.ts')]] },
  cli: { web: false, programs: [[join(root, 'apps/server/src/cli/main.ts')]] },
};

const [name = 'start', ...rest] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  say(`There is no command "${name}". Commands: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}

try {
  const node = await ensureNode();
  await ensureDependencies();
  if (command.web) await ensureWeb(node);
  const [first, ...others] = command.programs;
  if (others.length === 0) runProgram(node, [...first, ...rest]);
  else runTogether(node, [[...first, ...rest], ...others]);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
