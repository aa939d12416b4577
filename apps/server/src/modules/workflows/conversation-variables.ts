import { inferType, shownType } from '@trellis/engine';
import { fitsType } from '@trellis/graph';
import { ApiError } from '../../platform/errors.ts';
import { seconds } from '../../platform/time.ts';
import type { StoredVariable } from './conversation-variable-store.ts';

/** A variable of a conversation on the wire: its value is always a text (spec: service API §12.4). */
export function toVariableItem(row: StoredVariable) {
  return {
    id: row.id,
    name: row.name,
    value_type: row.valueType,
    value: typeof row.value === 'string' ? row.value : JSON.stringify(row.value ?? null),
    description: row.description,
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
  };
}

/** 400 for a value that is not of the variable's type (spec: service API §12.5). */
export function assertVariableType(row: StoredVariable, value: unknown): void {
  if (fitsType(row.valueType, value)) return;
  throw new ApiError(
    'bad_request',
    `Type mismatch: variable '${row.name}' expects ${row.valueType}, but got ${shownType(inferType(value))} type`,
  );
}
