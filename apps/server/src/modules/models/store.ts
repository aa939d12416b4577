import { and, desc, eq } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { toDatabaseJson } from '../../platform/database-json.ts';
import { newId } from '../../platform/ids.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { Database } from '../../schema/database.ts';
import {
  customModels,
  defaultModels,
  type modelCalls,
  modelCredentials,
  modelSettings,
  providerCredentials,
  providerSettings,
} from '../../schema/index.ts';

/** Records of calls wait this long for others: a commit per call would be a third of what a turn costs the database. */
const callsLingerMs = 100;

/** A row of `provider_credentials`. */
export type ProviderCredential = typeof providerCredentials.$inferSelect;
/** A row of `model_credentials`. */
export type ModelCredential = typeof modelCredentials.$inferSelect;
/** A row of `custom_models`. */
export type CustomModel = typeof customModels.$inferSelect;
/** A row of `model_settings`. */
export type ModelSetting = typeof modelSettings.$inferSelect;
/** A new row of `model_calls`. */
export type ModelCall = typeof modelCalls.$inferInsert & { id: string };

/** One model of a provider. */
export interface ModelKey {
  provider: string;
  model: string;
  modelType: string;
}

/** Everything a workspace has configured of one provider. */
export interface ProviderRows {
  credentials: ProviderCredential[];
  activeCredentialId: string | null;
  preferredType: 'custom' | 'system';
  customModels: CustomModel[];
  modelCredentials: ModelCredential[];
  settings: ModelSetting[];
}

/** What workspaces have configured of model providers. Provider ids are canonical here. */
export class ModelStore {
  readonly #db: Database;
  readonly #calls: GroupCommit<ModelCall>;

  constructor(db: Database, pool: Pool) {
    this.#db = db;
    this.#calls = new GroupCommit({ write: (calls) => writeCalls(pool, calls), lingerMs: callsLingerMs });
  }

  /** The rows of one provider. */
  async rowsOf(scope: WorkspaceScope, provider: string): Promise<ProviderRows> {
    const all = await this.allRows(scope, provider);
    return all.get(provider) ?? emptyRows();
  }

  /** The rows of all providers that the workspace has touched, by provider id. */
  async allRows(scope: WorkspaceScope, only?: string): Promise<Map<string, ProviderRows>> {
    const of = (
      table:
        | typeof providerCredentials
        | typeof providerSettings
        | typeof customModels
        | typeof modelCredentials
        | typeof modelSettings,
    ) =>
      and(
        eq(table.workspaceId, scope.workspaceId),
        only === undefined ? undefined : eq(table.provider, only),
      );
    const [credentials, settings, custom, modelKeys, switches] = await Promise.all([
      this.#db
        .select()
        .from(providerCredentials)
        .where(of(providerCredentials))
        .orderBy(desc(providerCredentials.createdAt)),
      this.#db.select().from(providerSettings).where(of(providerSettings)),
      this.#db.select().from(customModels).where(of(customModels)).orderBy(customModels.createdAt),
      this.#db
        .select()
        .from(modelCredentials)
        .where(of(modelCredentials))
        .orderBy(desc(modelCredentials.createdAt)),
      this.#db.select().from(modelSettings).where(of(modelSettings)),
    ]);
    const result = new Map<string, ProviderRows>();
    const at = (provider: string) => {
      const rows = result.get(provider) ?? emptyRows();
      result.set(provider, rows);
      return rows;
    };
    for (const row of credentials) at(row.provider).credentials.push(row);
    for (const row of settings) {
      at(row.provider).activeCredentialId = row.activeCredentialId;
      at(row.provider).preferredType = row.preferredType;
    }
    for (const row of custom) at(row.provider).customModels.push(row);
    for (const row of modelKeys) at(row.provider).modelCredentials.push(row);
    for (const row of switches) at(row.provider).settings.push(row);
    return result;
  }

  /** Adds a credential of a provider; throws a unique violation when its name is taken. */
  async insertProviderCredential(
    scope: WorkspaceScope,
    values: { provider: string; name: string; encryptedConfig: Record<string, unknown> },
  ): Promise<ProviderCredential> {
    const [row] = await this.#db
      .insert(providerCredentials)
      .values({ ...values, id: newId(), workspaceId: scope.workspaceId })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted credential');
    return row;
  }

  /** Changes a credential of a provider. */
  async updateProviderCredential(
    scope: WorkspaceScope,
    input: { provider: string; id: string; name: string; encryptedConfig: Record<string, unknown> },
  ): Promise<void> {
    await this.#db
      .update(providerCredentials)
      .set({ name: input.name, encryptedConfig: input.encryptedConfig, updatedAt: new Date() })
      .where(
        and(
          eq(providerCredentials.id, input.id),
          eq(providerCredentials.provider, input.provider),
          eq(providerCredentials.workspaceId, scope.workspaceId),
        ),
      );
  }

  /** Removes a credential of a provider. */
  async deleteProviderCredential(scope: WorkspaceScope, provider: string, id: string): Promise<void> {
    await this.#db
      .delete(providerCredentials)
      .where(
        and(
          eq(providerCredentials.id, id),
          eq(providerCredentials.provider, provider),
          eq(providerCredentials.workspaceId, scope.workspaceId),
        ),
      );
  }

  /** Says which credential is in use and which kind is preferred. */
  async setProvider(
    scope: WorkspaceScope,
    provider: string,
    values: { activeCredentialId: string | null; preferredType?: 'custom' | 'system' },
  ): Promise<void> {
    const set = { ...values, updatedAt: new Date() };
    await this.#db
      .insert(providerSettings)
      .values({ workspaceId: scope.workspaceId, provider, ...values })
      .onConflictDoUpdate({ target: [providerSettings.workspaceId, providerSettings.provider], set });
  }

  /** Adds a credential of one model. */
  async insertModelCredential(
    scope: WorkspaceScope,
    values: ModelKey & { name: string; encryptedConfig: Record<string, unknown> },
  ): Promise<ModelCredential> {
    const [row] = await this.#db
      .insert(modelCredentials)
      .values({ ...values, id: newId(), workspaceId: scope.workspaceId })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted credential');
    return row;
  }

  /** Changes a credential of one model. */
  async updateModelCredential(
    scope: WorkspaceScope,
    input: { id: string; name: string; encryptedConfig: Record<string, unknown> },
  ): Promise<void> {
    await this.#db
      .update(modelCredentials)
      .set({ name: input.name, encryptedConfig: input.encryptedConfig, updatedAt: new Date() })
      .where(and(eq(modelCredentials.id, input.id), eq(modelCredentials.workspaceId, scope.workspaceId)));
  }

  /** Removes a credential of one model. */
  async deleteModelCredential(scope: WorkspaceScope, id: string): Promise<void> {
    await this.#db
      .delete(modelCredentials)
      .where(and(eq(modelCredentials.id, id), eq(modelCredentials.workspaceId, scope.workspaceId)));
  }

  /** Adds a model to a provider, or gives it another credential. */
  async putCustomModel(
    scope: WorkspaceScope,
    key: ModelKey,
    activeCredentialId: string | null,
  ): Promise<void> {
    await this.#db
      .insert(customModels)
      .values({ ...key, workspaceId: scope.workspaceId, activeCredentialId })
      .onConflictDoUpdate({
        target: [customModels.workspaceId, customModels.provider, customModels.model, customModels.modelType],
        set: { activeCredentialId, updatedAt: new Date() },
      });
  }

  /** Takes a model off a provider; its credentials stay. */
  async deleteCustomModel(scope: WorkspaceScope, key: ModelKey): Promise<void> {
    await this.#db
      .delete(customModels)
      .where(
        and(
          eq(customModels.workspaceId, scope.workspaceId),
          eq(customModels.provider, key.provider),
          eq(customModels.model, key.model),
          eq(customModels.modelType, key.modelType),
        ),
      );
  }

  /** Switches a model on or off. */
  async setEnabled(scope: WorkspaceScope, key: ModelKey, enabled: boolean): Promise<void> {
    await this.#db
      .insert(modelSettings)
      .values({ ...key, workspaceId: scope.workspaceId, enabled })
      .onConflictDoUpdate({
        target: [
          modelSettings.workspaceId,
          modelSettings.provider,
          modelSettings.model,
          modelSettings.modelType,
        ],
        set: { enabled, updatedAt: new Date() },
      });
  }

  /** The chosen default of a type. */
  async defaultModel(
    scope: WorkspaceScope,
    modelType: string,
  ): Promise<{ provider: string; model: string } | null> {
    const [row] = await this.#db
      .select({ provider: defaultModels.provider, model: defaultModels.model })
      .from(defaultModels)
      .where(and(eq(defaultModels.workspaceId, scope.workspaceId), eq(defaultModels.modelType, modelType)));
    return row ?? null;
  }

  /** Chooses the default of a type. */
  async setDefaultModel(scope: WorkspaceScope, key: ModelKey): Promise<void> {
    await this.#db
      .insert(defaultModels)
      .values({ ...key, workspaceId: scope.workspaceId })
      .onConflictDoUpdate({
        target: [defaultModels.workspaceId, defaultModels.modelType],
        set: { provider: key.provider, model: key.model, updatedAt: new Date() },
      });
  }

  /** Records a model call; many calls go down with one statement. */
  record(call: ModelCall): Promise<void> {
    return this.#calls.add(call);
  }

  /** Waits until all records are written. */
  settled(): Promise<void> {
    return this.#calls.settled();
  }
}

function emptyRows(): ProviderRows {
  return {
    credentials: [],
    activeCredentialId: null,
    preferredType: 'custom',
    customModels: [],
    modelCredentials: [],
    settings: [],
  };
}

async function writeCalls(pool: Pool, calls: ModelCall[]): Promise<void> {
  const rows = calls.map((call) => ({
    id: call.id,
    workspace_id: call.workspaceId,
    app_id: call.appId ?? null,
    run_id: call.runId ?? null,
    provider: call.provider,
    model: call.model,
    model_type: call.modelType,
    credential_id: call.credentialId ?? null,
    purpose: call.purpose,
    status: call.status,
    error_code: call.errorCode ?? null,
    error: call.error ?? null,
    prompt_tokens: call.promptTokens ?? 0,
    completion_tokens: call.completionTokens ?? 0,
    total_price: call.totalPrice ?? '0',
    currency: call.currency ?? 'USD',
    latency_seconds: call.latencySeconds ?? 0,
    first_token_seconds: call.firstTokenSeconds ?? null,
  }));
  await pool.query({
    name: 'model-calls',
    text: `insert into model_calls (id, workspace_id, app_id, run_id, provider, model, model_type, credential_id,
             purpose, status, error_code, error, prompt_tokens, completion_tokens, total_price, currency,
             latency_seconds, first_token_seconds)
           select id, workspace_id, app_id, run_id, provider, model, model_type, credential_id, purpose, status,
             error_code, error, prompt_tokens, completion_tokens, total_price, currency, latency_seconds,
             first_token_seconds
           from jsonb_to_recordset($1::jsonb) as t(id uuid, workspace_id uuid, app_id uuid, run_id uuid, provider text,
             model text, model_type text, credential_id uuid, purpose text, status text, error_code text, error text,
             prompt_tokens int, completion_tokens int, total_price numeric, currency text,
             latency_seconds double precision, first_token_seconds double precision)`,
    values: [toDatabaseJson(rows)],
  });
}
