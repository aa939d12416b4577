import { describe, expect, it } from 'vitest';
import { CredentialUndecryptableError } from './errors.ts';
import { createSealedBox } from './sealed-box.ts';
import { createVault, isVaultCipherText, type StoredKeyPair } from './vault.ts';

const secretKey = 'Zk3vQ8mW1xR5tY7uP0aS2dF4gH6jK9lC';

async function openVault(options: { secretKey?: string; now?: () => number } = {}) {
  const pairs = new Map<string, StoredKeyPair>();
  let loads = 0;
  const vault = createVault({
    secretKey,
    ...options,
    loadKeyPair: async (id) => {
      loads += 1;
      return pairs.get(id) ?? null;
    },
  });
  pairs.set('w1', await vault.generateKeyPair('w1'));
  return { vault, pairs, loads: () => loads };
}

const undecryptable = expect.objectContaining({ code: 'credential_undecryptable' });

describe('the vault', () => {
  it('gives back what was put in, in the documented layout', async () => {
    const { vault } = await openVault();
    const plain = JSON.stringify({ api_key: 'sk-秘密', base: 'https://x' });
    const sealed = await vault.encrypt('w1', plain);
    expect(isVaultCipherText(sealed)).toBe(true);
    expect(Buffer.from(sealed.slice(3), 'base64')).toHaveLength(256 + 12 + 16 + Buffer.byteLength(plain));
    expect(await vault.decrypt('w1', sealed)).toBe(plain);
    expect(await vault.encrypt('w1', plain)).not.toBe(sealed);
  });

  it('refuses text in which any part was changed', async () => {
    const { vault } = await openVault();
    const bytes = Buffer.from((await vault.encrypt('w1', 'top secret')).slice(3), 'base64');
    for (const position of [0, 255, 256, 268, 284, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[position] = (damaged[position] ?? 0) ^ 1;
      await expect(vault.decrypt('w1', `v1:${damaged.toString('base64')}`)).rejects.toEqual(undecryptable);
    }
  });

  it.each(['', 'v1:', 'v1:AAAA', 'sk-plain-text', 'HYBRID:xxxx'])('never passes %j through', async (text) => {
    const { vault } = await openVault();
    await expect(vault.decrypt('w1', text)).rejects.toBeInstanceOf(CredentialUndecryptableError);
  });

  it('keeps workspaces apart', async () => {
    const { vault, pairs } = await openVault();
    pairs.set('w2', await vault.generateKeyPair('w2'));
    const sealed = await vault.encrypt('w1', 'mine');
    await expect(vault.decrypt('w2', sealed)).rejects.toEqual(undecryptable);
    await expect(vault.decrypt('unknown', sealed)).rejects.toEqual(undecryptable);
  });

  it('needs SECRET_KEY besides the stored pair', async () => {
    const { vault, pairs } = await openVault();
    const sealed = await vault.encrypt('w1', 'mine');
    expect(pairs.get('w1')?.wrappedPrivateKey).not.toContain('PRIVATE KEY');
    const thief = createVault({
      secretKey: `${secretKey}!`,
      loadKeyPair: async (id) => pairs.get(id) ?? null,
    });
    await expect(thief.decrypt('w1', sealed)).rejects.toEqual(undecryptable);
  });

  it('does not open a private key that was copied to another workspace', async () => {
    const { vault, pairs } = await openVault();
    const sealed = await vault.encrypt('w1', 'mine');
    pairs.set('w2', pairs.get('w1')!);
    await expect(vault.decrypt('w2', sealed)).rejects.toEqual(undecryptable);
  });

  it('reads a pair once in 120 s, and anew after it was told to forget', async () => {
    let nowMs = 0;
    const { vault, loads } = await openVault({ now: () => nowMs });
    const sealed = await vault.encrypt('w1', 'a');
    await vault.decrypt('w1', sealed);
    expect(loads()).toBe(1);
    nowMs = 120_001;
    await vault.decrypt('w1', sealed);
    expect(loads()).toBe(2);
    vault.forget('w1');
    await vault.decrypt('w1', sealed);
    expect(loads()).toBe(3);
  });
});

describe('the sealed box', () => {
  it('opens for its purpose and context only', () => {
    const box = createSealedBox({ secretKey, purpose: 'oauth' });
    const sealed = box.seal('refresh-token', 'account-1');
    expect(box.open(sealed, 'account-1')).toBe('refresh-token');
    expect(() => box.open(sealed, 'account-2')).toThrow(CredentialUndecryptableError);
    const other = createSealedBox({ secretKey, purpose: 'mail' });
    expect(() => other.open(sealed, 'account-1')).toThrow(CredentialUndecryptableError);
    expect(() => box.open('refresh-token', 'account-1')).toThrow(CredentialUndecryptableError);
  });
});
