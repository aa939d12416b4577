import { createRequire, registerHooks, syncBuiltinESMExports } from 'node:module';

/**
 * Takes from a child process what untrusted code could use if it got from its WASM interpreter to the
 * JavaScript around it. Node's permission model already forbids files, processes, workers and addons; this
 * closes the network, which it does not know, and is a second wall where it does.
 */

// Everything of these modules fails from the start; the interpreters need none of it.
const forbiddenModules = [
  'net',
  'tls',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'cluster',
  'worker_threads',
  'inspector',
  'inspector/promises',
  'repl',
  'wasi',
  'v8',
  'trace_events',
  'readline',
];
const forbiddenGlobals = [
  'fetch',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'MessageChannel',
  'MessagePort',
  'Worker',
  'navigator',
  'localStorage',
  'sessionStorage',
  'require',
];
const forbiddenProcessMembers = [
  'dlopen',
  'kill',
  '_kill',
  'getBuiltinModule',
  'chdir',
  'setuid',
  'setgid',
  'seteuid',
  'setegid',
  'setgroups',
  'initgroups',
  'loadEnvFile',
  'report',
  'send',
  'mainModule',
  '_debugProcess',
  '_debugEnd',
  '_startProfilerIdleNotifier',
  '_linkedBinding',
  'execve',
  'openStdin',
  '_getActiveHandles',
  '_getActiveRequests',
  'getActiveResourcesInfo',
  'permission',
  'sourceMapsEnabled',
  'setSourceMapsEnabled',
  'addUncaughtExceptionCaptureCallback',
];

const require = createRequire(import.meta.url);

function refuse(): never {
  throw new Error('Not available in the sandbox.');
}

/** First step, before the interpreter is loaded. */
export function restrictHost(): void {
  // All are loaded before the first is disabled: some build on the prototypes of others.
  for (const name of forbiddenModules) require(`node:${name}`);
  for (const name of forbiddenModules) disableModule(name);
  const childProcess: Record<string, unknown> = require('node:child_process');
  disableObject(childProcess, ['spawnSync']);
  // The interpreter's C library asks for a shell by this function and takes a failure, not an exception.
  fix(childProcess, 'spawnSync', () => ({
    pid: 0,
    status: 127,
    signal: null,
    output: [],
    stdout: '',
    stderr: '',
  }));
  disableObject(require('node:tty'), ['isatty']);
  fix(require('node:tty'), 'isatty', () => false);
  for (const name of forbiddenGlobals) fix(globalThis, name, undefined);
  const silent = Object.freeze({
    isTTY: false,
    fd: -1,
    write: () => true,
    on: () => silent,
    once: () => silent,
  });
  // The real ones carry pipe handles, which can open connections.
  for (const name of ['stdin', 'stdout', 'stderr']) fix(process, name, silent);
  for (const name of forbiddenProcessMembers) fix(process, name, undefined);
  fix(process, 'env', Object.freeze({}));
  // The interpreter's file layer asks for the numbers of the system's errors and flags.
  const constants = Object.freeze({ fs: require('node:fs').constants, os: require('node:os').constants });
  fix(process, 'binding', (name: string) => (name === 'constants' ? constants : refuse()));
  syncBuiltinESMExports();
}

/** Second step, when the interpreter is loaded: no file and no module can be opened any more. */
export function sealHost(): void {
  for (const name of ['fs', 'fs/promises', 'child_process', 'vm', 'module']) disableModule(name);
  fix(process, 'exit', refuse);
  fix(process, 'reallyExit', refuse);
  fix(process, 'abort', refuse);
  syncBuiltinESMExports();
  sealed = true;
}

let sealed = false;
registerHooks({ resolve: (specifier, context, next) => (sealed ? refuse() : next(specifier, context)) });

function disableModule(name: string): void {
  disableObject(require(`node:${name}`), []);
}

function disableObject(target: Record<string, unknown>, except: readonly string[]): void {
  for (const key of Object.getOwnPropertyNames(target)) {
    if (except.includes(key)) continue;
    const value = target[key];
    if (typeof value === 'function') {
      disablePrototype(value);
      fix(target, key, refuse);
    } else if (key === 'promises' && value !== null && typeof value === 'object') {
      disableObject(value as Record<string, unknown>, []);
    }
  }
}

/** Objects that exist already keep their class: its methods must fail too. */
function disablePrototype(kind: unknown): void {
  const prototype = (kind as { prototype?: object }).prototype;
  if (!prototype) return;
  for (const [name, { value, configurable }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name !== 'constructor' && typeof value === 'function' && configurable) fix(prototype, name, refuse);
  }
}

function fix(target: object, name: string, value: unknown): void {
  const existing = Object.getOwnPropertyDescriptor(target, name);
  if (existing && !existing.configurable) {
    if (existing.writable) Object.defineProperty(target, name, { value, writable: false });
    return;
  }
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: false });
}
