import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runtimeFolder, say } from './place.mjs';

const pollMs = 250;

/**
 * Runs `work` while no other launcher of this checkout does the same. The lock names its owner's process, so that a
 * killed launcher does not block the next one.
 */
export async function exclusively(name, work) {
  mkdirSync(runtimeFolder, { recursive: true });
  const path = join(runtimeFolder, `${name}.lock`);
  for (let waiting = false; !take(path); await sleep(pollMs)) {
    if (!waiting) say(`waiting for another launcher to finish (${name})`);
    waiting = true;
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!ownerLives(path)) rmSync(path, { force: true });
  return false;
}

function ownerLives(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
