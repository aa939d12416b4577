// Entry of a Node process that serves one execution: a request on standard input, a report on fd 3.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');

const fileName = '/main.js';
// Taken before the user's code runs, which may put other things in their place.
const { parse, stringify } = JSON;
const exit = process.reallyExit.bind(process);

function report(value) {
  const bytes = Buffer.from(stringify(value));
  let sent = 0;
  while (sent < bytes.length) sent += fs.writeSync(3, bytes, sent);
  exit(0);
}

function fail(error) {
  const isError = error !== null && typeof error === 'object' && typeof error.stack === 'string';
  const type = isError && typeof error.name === 'string' ? error.name : 'Error';
  const message = isError ? String(error.message) : `Uncaught ${String(error)}`;
  const stack = isError ? error.stack : '';
  const line = /\/main\.js:(\d+)/.exec(stack)?.[1];
  const missing =
    error?.code === 'MODULE_NOT_FOUND' ? /^Cannot find module '([^']+)'/.exec(message)?.[1] : undefined;
  const frames = stack
    .split('\n')
    .filter((text) => /^\s+at .*\/main\.js:\d+/.test(text))
    .slice(0, 20);
  report({
    ok: false,
    type: type.slice(0, 200),
    message: message.split('\n')[0].slice(0, 20000),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(frames.length === 0 ? {} : { trace: [`${type}: ${message}`, ...frames].join('\n').slice(0, 20000) }),
    ...(missing === undefined ? {} : { module: missing }),
  });
}

async function run() {
  const request = parse(fs.readFileSync(0, 'utf8'));
  const inputs = parse(request.inputs);
  const userModule = new Module(fileName, null);
  userModule.filename = fileName;
  userModule.paths = [];
  userModule._compile(
    `${request.code}\n;module.exports = typeof main === 'function' ? main : undefined;`,
    fileName,
  );
  const main = userModule.exports;
  if (typeof main !== 'function') {
    return report({
      ok: false,
      type: 'ReferenceError',
      message: 'The code must define a function named main.',
    });
  }
  const result = await main(inputs);
  if (result === null || typeof result !== 'object' || Array.isArray(result)) {
    const got = Array.isArray(result) ? 'array' : result === null ? 'null' : typeof result;
    return report({
      ok: false,
      type: 'TypeError',
      message: `The result of main must be an object (dict), got ${got}.`,
      result: true,
    });
  }
  report({ ok: true, result: stringify(result) });
}

process.on('uncaughtException', fail);
run().catch(fail);
