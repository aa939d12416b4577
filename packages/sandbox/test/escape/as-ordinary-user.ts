import { createSandbox } from '../../src/index.ts';
import { javascriptAttempts } from './javascript-attempts.ts';
import { pythonAttempts } from './python-attempts.ts';
import { BaitStation, tryEscapes } from './run-escapes.ts';

// Started by the escape test as an ordinary user; prints one JSON object.
const backend = process.argv[2] === 'wasm' ? 'wasm' : 'bubblewrap';
const sandbox = await createSandbox({ backend });
const unavailable = sandbox.status().languages.find((language) => language.backend === undefined)?.reason;
const station = await BaitStation.open();
const failures: string[] = [];
const all = [...pythonAttempts, ...javascriptAttempts];
if (!unavailable) {
  for (const [name, outcome] of await tryEscapes(sandbox, all, station.bait)) {
    if (outcome) failures.push(`${name}: ${outcome}`);
  }
}
failures.push(...station.damage());
await sandbox.close();
await station.close();
process.stdout.write(JSON.stringify({ unavailable, tried: all.length, failures }));
