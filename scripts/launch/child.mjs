import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { runtimeFolder } from './place.mjs';

/** Signals that mean "please stop"; they are handed on. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Compiled and type-stripped code is kept between starts. */
function environment() {
  return { NODE_COMPILE_CACHE: join(runtimeFolder, 'compile-cache'), ...process.env };
}

/**
 * Turns this process into the program where the running Node can do that; else starts it as a child, hands signals on
 * and ends as it ends. A terminal sends Ctrl-C to the whole group and npm repeats it, so programs get the signal more
 * than once: they take repeats within a second for one.
 */
export function runProgram(node, args) {
  if (node === process.execPath && typeof process.execve === 'function') {
    process.execve(node, [node, ...args], environment());
  }
  endWith(start(node, args));
}

/** Runs programs side by side until the first ends; then the others are asked to stop. */
export function runTogether(node, programs) {
  const children = programs.map((args) => start(node, args));
  for (const child of children) {
    child.on('exit', () => {
      for (const other of children) if (other !== child) other.kill('SIGTERM');
    });
  }
  endWith(children[0]);
}

function start(node, args) {
  // The channel carries no messages: its closing tells the program that its launcher died without a signal.
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: environment() });
  for (const signal of stopSignals) process.on(signal, () => child.kill(signal));
  return child;
}

function endWith(child) {
  child.on('error', (error) => {
    process.stderr.write(`trellis: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}
