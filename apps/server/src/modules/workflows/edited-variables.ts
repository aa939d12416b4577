import {
  fitsType,
  inferType,
  isFile,
  type RunLimits,
  type RunRecord,
  replay,
  shownType,
  type VariableUpdate,
} from '@trellis/engine';
import { storableJson } from '../../platform/database-json.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { Definition } from './definition.ts';

/** Owners whose variables are not the caller's to change. */
const fixedOwners = new Set(['sys', 'env', 'rag']);

/**
 * What `node.name` or `#node.name#` keys change before a part of a run is run again. Each must name a variable that the
 * kept part of the run has, and give it a value of its type; 400 that names the key otherwise.
 */
export function editedVariables(
  inputs: Readonly<Record<string, unknown>>,
  of: { definition: Definition; records: readonly RunRecord[]; limits: RunLimits },
): VariableUpdate[] {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return [];
  const { plan, environment } = of.definition;
  const { state } = replay({ plan, environment, limits: of.limits, trace: false }, of.records);
  return entries.map(([key, given]) => {
    const [owner = '', name = '', ...rest] = key.replace(/^#|#$/g, '').split('.');
    const known = rest.length > 0 || fixedOwners.has(owner) ? undefined : state.top.pool.get([owner, name]);
    if (known === undefined) {
      throw refused(key, 'the run has no such variable before this node; name one as "node.variable"');
    }
    const value = storableJson(given);
    if (holdsFile(value) || holdsFile(known.value)) throw refused(key, 'files cannot be changed here');
    const type = known.type === 'none' ? inferType(value) : shownType(known.type);
    if (!fitsType(type, value)) throw refused(key, `must be of the type ${type}`);
    return { selector: [owner, name], type, value };
  });
}

function refused(key: string, why: string) {
  return invalidParam(`inputs.${key}: ${why}`, 'inputs');
}

/** A file in a value gives access to it, so nobody may make one up. */
function holdsFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isFile(value) || Object.values(value).some(holdsFile);
}
