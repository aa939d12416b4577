import { decodeRecord, type RunRecord } from '@trellis/engine';
import type { LoggedRecord } from '../../platform/runs/owned-run-log.ts';

/** The records of a run as the engine knows them. */
export function decodeLog(logged: readonly LoggedRecord[]): RunRecord[] {
  return logged.map(({ payload }) => decodeRecord(payload));
}
