/** `npm run check`: format, lint, types, boundaries and dead code. Warnings are errors. */
import { runChecks } from './stages/checks.ts';
import { stageLine } from './stages/stage.ts';

const result = await runChecks((line) => console.log(line));
console.log(stageLine(result));
process.exitCode = result.failed === 0 ? 0 : 1;
