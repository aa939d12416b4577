import { parentPort } from 'node:worker_threads';
import { countInThread } from './count.ts';

/** Counts tokens of long texts off the main thread: `{id, text}` in, `{id, tokens}` out. */
parentPort?.on('message', ({ id, text }: { id: number; text: string }) => {
  void countInThread(text).then((tokens) => parentPort?.postMessage({ id, tokens }));
});
