import { spawn } from 'node:child_process';

/** Runs npm with the Node that runs us; its output is shown only when it fails. */
export function npm(args, { cwd }) {
  const script = process.env.npm_execpath;
  const [file, prefix] =
    script !== undefined && /npm-cli\.c?js$/.test(script) ? [process.execPath, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...prefix, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && file === 'npm',
      // A surrounding `npm start` hands its own settings down as npm_config_*; those of the user must stay.
      env: withoutNpmState(process.env),
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) =>
      reject(new Error(`npm could not be started (${error.message}). Is npm installed and on the PATH?`)),
    );
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed:\n${output.trim()}`));
    });
  });
}

/** What npm tells a script about the package being run; the inner npm works on its own. */
function withoutNpmState(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([key]) => !/^npm_(package|lifecycle|command|config_local_prefix)/.test(key)),
  );
}
