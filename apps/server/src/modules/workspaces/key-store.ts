import type { Pool } from 'pg';
import type { StoredKeyPair } from '../../platform/crypto/vault.ts';

/**
 * Removes what only the old keys could open. Secret variables of graphs keep their names and lose their values, so that
 * the graphs stay whole.
 */
const purgeStatements = [
  'delete from provider_credentials',
  'delete from model_credentials',
  'delete from callback_secrets',
  'update provider_settings set active_credential_id = null, updated_at = now()',
  'update custom_models set active_credential_id = null, updated_at = now()',
  `update workflows set environment_variables = (
     select coalesce(json_agg(case when item ->> 'value_type' = 'secret'
                                   then jsonb_set(item::jsonb, '{value}', '""')::json else item end), '[]'::json)
     from json_array_elements(environment_variables) item)
   where environment_variables::jsonb @> '[{"value_type": "secret"}]'`,
];

/** The key pairs of all workspaces, for the operator's command; it acts for the system and takes no scope. */
export class WorkspaceKeyStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Gives every workspace a new pair and deletes what the old ones sealed, all or nothing. Returns how many. */
  async replaceAll(generate: (workspaceId: string) => Promise<StoredKeyPair>): Promise<number> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ id: string }>('select id from workspaces for update');
      for (const { id } of rows) {
        const keys = await generate(id);
        await client.query(
          'update workspaces set public_key = $2, wrapped_private_key = $3, updated_at = now() where id = $1',
          [id, keys.publicKeyPem, keys.wrappedPrivateKey],
        );
      }
      for (const statement of purgeStatements) await client.query(statement);
      await client.query('commit');
      return rows.length;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }
}
