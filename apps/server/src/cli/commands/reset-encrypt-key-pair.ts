import { WorkspaceKeyStore } from '../../modules/workspaces/key-store.ts';
import { createVault } from '../../platform/crypto/vault.ts';
import { loadSecretKey } from '../../platform/data-folder-secrets.ts';
import type { Command } from '../command.ts';

const confirmation = 'delete all credentials';

/** Gives every workspace a new key pair, for when SECRET_KEY was lost; what the old ones sealed is deleted. */
export const resetEncryptKeyPair: Command = {
  name: 'reset-encrypt-key-pair',
  summary: 'Make new keys for every workspace; DELETES all stored model and tool credentials',
  usage: '[--yes]',
  options: { yes: { type: 'boolean' } },
  async run(context, { flags }) {
    if (context.environment.server.edition !== 'SELF_HOSTED') {
      throw new Error('This command is for EDITION=SELF_HOSTED only.');
    }
    const { database, dataFolder } = await context.open();
    if (!flags.has('yes')) {
      context.print(
        'All stored credentials of models and tools, and secret variables of workflows, are deleted.',
      );
      const answer = await context.ask(`Type "${confirmation}" to go on: `);
      if (answer.trim() !== confirmation) throw new Error('Nothing was changed.');
    }
    const secretKey = await loadSecretKey({ given: context.environment.security.secretKey, dataFolder });
    const vault = createVault({ secretKey, loadKeyPair: async () => null });
    const count = await new WorkspaceKeyStore(database.pool).replaceAll((id) => vault.generateKeyPair(id));
    context.print(`${count} workspaces have new keys. Restart the server, then enter the credentials again.`);
  },
};
