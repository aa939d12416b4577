import { z } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { CredentialUndecryptableError } from '../../platform/crypto/errors.ts';
import { HIDDEN_VALUE } from '../../platform/crypto/masking.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import { invalidParam, notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import { callExtension, ExtensionError, type ExtensionPoint } from './protocol.ts';
import type { ApiExtension, ApiExtensionStore } from './store.ts';

/** What somebody says about an extension. */
export interface ApiExtensionInput {
  name: string;
  apiEndpoint: string;
  /** The marker of an unchanged secret keeps the stored key. */
  apiKey: string;
}

const pong = z.object({ result: z.literal('pong') });

/** Services that workspaces have named for moderation and external data: kept, checked when saved, and asked. */
export class ExtensionService {
  readonly #store: ApiExtensionStore;
  readonly #vault: Vault;
  readonly #outbound: OutboundClient;

  constructor(options: { store: ApiExtensionStore; vault: Vault; outbound: OutboundClient }) {
    this.#store = options.store;
    this.#vault = options.vault;
    this.#outbound = options.outbound;
  }

  /** All of a workspace. */
  list(scope: WorkspaceScope): Promise<ApiExtension[]> {
    return this.#store.list(scope);
  }

  /** One of the workspace, or 404. */
  async find(scope: WorkspaceScope, id: string): Promise<ApiExtension> {
    const row = await this.#store.find(scope, id);
    if (!row) throw notFound('API-based Extension not found.');
    return row;
  }

  /** Adds an extension that answers a ping. */
  async add(scope: WorkspaceScope, input: ApiExtensionInput & { accountId: string }): Promise<ApiExtension> {
    const { accountId, name, apiEndpoint, apiKey } = input;
    await this.#ping(apiEndpoint, apiKey);
    const key = await this.#seal(scope, apiKey);
    return unlessTaken(this.#store.insert(scope, { name, apiEndpoint, ...key, accountId }));
  }

  /** Changes an extension; the new address must answer a ping too. */
  async change(scope: WorkspaceScope, id: string, input: ApiExtensionInput): Promise<ApiExtension> {
    const stored = await this.find(scope, id);
    const { name, apiEndpoint } = input;
    const keeps = input.apiKey === HIDDEN_VALUE || input.apiKey === stored.maskedApiKey;
    await this.#ping(apiEndpoint, keeps ? await this.#open(scope, stored) : input.apiKey);
    const key = keeps
      ? { sealedApiKey: stored.sealedApiKey, maskedApiKey: stored.maskedApiKey }
      : await this.#seal(scope, input.apiKey);
    const row = await unlessTaken(this.#store.update(scope, id, { name, apiEndpoint, ...key }));
    if (!row) throw notFound('API-based Extension not found.');
    return row;
  }

  /** Removes an extension; apps that ask it say so from then on. */
  async remove(scope: WorkspaceScope, id: string): Promise<void> {
    if (!(await this.#store.remove(scope, id))) throw notFound('API-based Extension not found.');
  }

  /**
   * Asks an extension of the workspace.
   *
   * @throws {ExtensionError} when it is gone or does not answer as the protocol says
   */
  async call(
    scope: WorkspaceScope,
    id: string,
    input: { point: ExtensionPoint; params: Record<string, unknown>; signal: AbortSignal },
  ): Promise<unknown> {
    const row = isUuid(id) ? await this.#store.find(scope, id) : null;
    if (!row) throw new ExtensionError('API-based Extension not found. Please check it again.');
    const apiKey = await this.#open(scope, row);
    return callExtension(this.#outbound, { endpoint: row.apiEndpoint, apiKey, ...input });
  }

  async #ping(endpoint: string, apiKey: string): Promise<void> {
    try {
      const answer = await callExtension(this.#outbound, { endpoint, apiKey, point: 'ping', params: {} });
      if (!pong.safeParse(answer).success) throw new ExtensionError('the answer to a ping is not a pong');
    } catch (error) {
      if (!(error instanceof ExtensionError)) throw error;
      throw invalidParam(`connection error: ${error.message}`, 'api_endpoint');
    }
  }

  async #seal(
    scope: WorkspaceScope,
    apiKey: string,
  ): Promise<Pick<ApiExtension, 'sealedApiKey' | 'maskedApiKey'>> {
    return {
      sealedApiKey: await this.#vault.encrypt(scope.workspaceId, apiKey),
      maskedApiKey: maskKey(apiKey),
    };
  }

  async #open(scope: WorkspaceScope, row: ApiExtension): Promise<string> {
    try {
      return await this.#vault.decrypt(scope.workspaceId, row.sealedApiKey);
    } catch (error) {
      if (!(error instanceof CredentialUndecryptableError)) throw error;
      throw new ExtensionError('the API key of the extension cannot be read any more; enter it again', {
        cause: error,
      });
    }
  }
}

/** A key as extensions show it: the ends of a long one, the first and last character of a short one. */
export function maskKey(apiKey: string): string {
  const shown = apiKey.length > 8 ? 3 : 1;
  return `${apiKey.slice(0, shown)}******${apiKey.slice(-shown)}`;
}

async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw invalidParam('name must be unique, it is already existed', 'name');
    throw error;
  }
}
