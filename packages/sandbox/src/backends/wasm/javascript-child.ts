import type {
  newQuickJSWASMModuleFromVariant,
  QuickJSContext,
  QuickJSHandle,
  QuickJSSyncVariant,
  QuickJSWASMModule,
} from 'quickjs-emscripten';
import { type ChildRequest, PrintedText, readRequest, sendLine } from './child-frames.ts';
import { restrictHost, sealHost } from './guard.ts';
import { prelude } from './javascript-prelude.ts';

// A process that runs JavaScript in QuickJS for one workflow run: each request gets a fresh runtime.

const stackBytes = 256 * 1024;
const now = Date.now;
const { stringify } = JSON;

function answer(request: ChildRequest, quickjs: QuickJSWASMModule): void {
  const printed = new PrintedText(request.stdoutBytes);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(request.memoryBytes);
  runtime.setMaxStackSize(stackBytes);
  // The parent ends this process at the time limit; this is for the case that the parent is gone.
  const deadline = now() + request.timeoutMs + 1000;
  runtime.setInterruptHandler(() => now() > deadline);
  const context = runtime.newContext();
  const report = execute({ context, request, printed });
  sendLine({ nonce: request.nonce, report, stdout: printed.toString() });
  // A context that still has handles of a failed execution cannot be disposed: the process is replaced then.
  context.dispose();
  runtime.dispose();
}

function execute(options: {
  readonly context: QuickJSContext;
  readonly request: ChildRequest;
  readonly printed: PrintedText;
}): string {
  const { context, request, printed } = options;
  defineHost(context, printed);
  const loaded = context.evalCode(request.code, 'main.js');
  if (loaded.error) return failure(context, loaded.error);
  loaded.value.dispose();
  const started = context.evalCode(callMain(request.inputs), 'runner.js');
  if (started.error) return failure(context, started.error);
  const result = started.value;
  const jobs = context.runtime.executePendingJobs();
  if (jobs.error) {
    result.dispose();
    return failure(jobs.error.context, jobs.error);
  }
  const state = context.getPromiseState(result);
  if (state.type === 'pending') {
    result.dispose();
    return stringify({ ok: false, type: 'Error', message: 'The promise that main returned never settles.' });
  }
  if (state.type === 'rejected') {
    result.dispose();
    return failure(context, state.error);
  }
  const text = context.getString(state.value);
  state.value.dispose();
  if (!state.notAPromise) result.dispose();
  return text;
}

/** The inputs stand in the program as text of a text, so nothing in them is read as code. */
function callMain(inputs: string): string {
  return `(async (parse, stringify) => {
  if (typeof main !== 'function') {
    return stringify({ ok: false, type: 'ReferenceError', message: 'The code must define a function named main.' });
  }
  const result = await main(parse(${stringify(inputs)}));
  if (result === null || typeof result !== 'object' || Array.isArray(result)) {
    const got = Array.isArray(result) ? 'array' : result === null ? 'null' : typeof result;
    const message = 'The result of main must be an object (dict), got ' + got + '.';
    return stringify({ ok: false, type: 'TypeError', message, result: true });
  }
  return stringify({ ok: true, result: stringify(result) });
})(trellisHost.parse, trellisHost.stringify)`;
}

/** Gives the context what it lacks: a console, base64 and text coding, written in its own language. */
function defineHost(context: QuickJSContext, printed: PrintedText): void {
  const print = context.newFunction('print', (line) => {
    printed.add(Buffer.from(`${context.getString(line)}\n`));
  });
  context.setProp(context.global, 'trellisPrint', print);
  print.dispose();
  context.unwrapResult(context.evalCode(prelude, 'runner.js')).dispose();
}

function failure(context: QuickJSContext, error: QuickJSHandle): string {
  const described: unknown = context.dump(error);
  error.dispose();
  if (described === null || typeof described !== 'object') {
    return stringify({ ok: false, type: 'Error', message: `Uncaught ${String(described)}` });
  }
  const { name, message, stack } = described as { name?: unknown; message?: unknown; stack?: unknown };
  const trace = typeof stack === 'string' ? stack.split('\n').slice(0, 20).join('\n') : '';
  const line = /main\.js:(\d+)/.exec(trace)?.[1];
  return stringify({
    ok: false,
    type: typeof name === 'string' ? name.slice(0, 200) : 'Error',
    message: typeof message === 'string' ? message.slice(0, 20_000) : '',
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(trace === '' ? {} : { trace: `${String(name)}: ${String(message)}\n${trace}`.slice(0, 20_000) }),
  });
}

// Below everything that the answers need.
restrictHost();
const [coreAddress = '', variantAddress = ''] = process.argv.slice(2);
const core = (await import(coreAddress)) as {
  newQuickJSWASMModuleFromVariant: typeof newQuickJSWASMModuleFromVariant;
};
const variant = (await import(variantAddress)) as { default: QuickJSSyncVariant };
const engine = await core.newQuickJSWASMModuleFromVariant(variant.default);
sealHost();
sendLine({ ready: true });
for (let request = readRequest(); request; request = readRequest()) answer(request, engine);
