import { type ScryptOptions, scrypt, randomBytes as secureRandomBytes, timingSafeEqual } from 'node:crypto';
import { CryptoError } from './errors.ts';
import type { RandomBytes } from './random-token.ts';

/** Cost of scrypt: memory is 128 · 2^logN · blockSize bytes, time grows with 2^logN · parallelism. */
export interface ScryptCost {
  readonly logN: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

/** Hashes and checks passwords. */
export interface PasswordHasher {
  /** A self-describing hash `$scrypt$ln=…,r=…,p=…$salt$hash`. Throws CryptoError for an unusable password. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the stored hash. With no stored hash (unknown account, account that
   * never set one) the same work is done and the answer is false, so that the time tells nothing.
   */
  verify(password: string, stored: string | null | undefined): Promise<boolean>;
  /** Whether the stored hash was made with other parameters than today's and should be made anew at sign-in. */
  needsRehash(stored: string): boolean;
}

/** OWASP's equivalent of N=2^17, p=1 with an eighth of its memory: 16 MiB per hash. */
const DEFAULT_COST: ScryptCost = { logN: 14, blockSize: 8, parallelism: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MAX_PASSWORD_BYTES = 1024;
/** Bounds on stored parameters: a tampered row must not turn into an hour of computing. */
const MAX_STORED: ScryptCost = { logN: 18, blockSize: 16, parallelism: 16 };

interface StoredPassword {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Builds the password hasher. `concurrency` limits how many hashes run at once: they occupy threads that
 * name resolution and files need too.
 */
export function createPasswordHasher(
  options: { cost?: ScryptCost; randomBytes?: RandomBytes; concurrency?: number } = {},
): PasswordHasher {
  const { cost = DEFAULT_COST, randomBytes = secureRandomBytes, concurrency = 2 } = options;
  const withSlot = createSlots(concurrency);
  const decoy: StoredPassword = {
    cost,
    salt: Buffer.from(randomBytes(SALT_BYTES)),
    hash: Buffer.from(randomBytes(HASH_BYTES)),
  };

  return {
    async hash(password) {
      const bytes = passwordBytes(password);
      if (bytes === null) throw new CryptoError('password_unusable', 'The password is empty or too long.');
      const salt = Buffer.from(randomBytes(SALT_BYTES));
      const hash = await withSlot(() => derive({ bytes, salt, cost, length: HASH_BYTES }));
      return format({ cost, salt, hash });
    },

    async verify(password, stored) {
      const bytes = passwordBytes(password);
      const parsed = parse(stored);
      const target = parsed ?? decoy;
      const candidate = await withSlot(() =>
        derive({
          bytes: bytes ?? Buffer.from('unusable'),
          salt: target.salt,
          cost: target.cost,
          length: target.hash.length,
        }),
      );
      const equal = timingSafeEqual(candidate, target.hash);
      return equal && bytes !== null && parsed !== null;
    },

    needsRehash(stored) {
      const parsed = parse(stored);
      return (
        parsed === null ||
        parsed.cost.logN !== cost.logN ||
        parsed.cost.blockSize !== cost.blockSize ||
        parsed.cost.parallelism !== cost.parallelism
      );
    },
  };
}

/** Whether a new password satisfies the product's rule: at least 8 characters, a letter, a digit, no white space. */
export function isAcceptablePassword(password: string): boolean {
  return /^(?=.*[a-zA-Z])(?=.*\d)\S{8,}$/.test(password) && passwordBytes(password) !== null;
}

/** NFKC (NIST SP 800-63B): the same keys pressed on two systems must give the same bytes. */
function passwordBytes(password: string): Buffer | null {
  if (typeof password !== 'string' || password.length === 0 || password.length > MAX_PASSWORD_BYTES)
    return null;
  const bytes = Buffer.from(password.normalize('NFKC'), 'utf8');
  return bytes.length > MAX_PASSWORD_BYTES * 4 ? null : bytes;
}

function derive(input: { bytes: Buffer; salt: Buffer; cost: ScryptCost; length: number }): Promise<Buffer> {
  const { logN, blockSize, parallelism } = input.cost;
  const options: ScryptOptions = {
    N: 2 ** logN,
    r: blockSize,
    p: parallelism,
    maxmem: 256 * 2 ** logN * blockSize + 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    scrypt(input.bytes, input.salt, input.length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function format(password: StoredPassword): string {
  const { logN, blockSize, parallelism } = password.cost;
  const parameters = `ln=${logN},r=${blockSize},p=${parallelism}`;
  return `$scrypt$${parameters}$${unpadded(password.salt)}$${unpadded(password.hash)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

const STORED =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/;

function parse(stored: string | null | undefined): StoredPassword | null {
  const match = STORED.exec(stored ?? '');
  if (match === null) return null;
  const [, logN, blockSize, parallelism, salt = '', hash = ''] = match;
  const cost = { logN: Number(logN), blockSize: Number(blockSize), parallelism: Number(parallelism) };
  const sane =
    cost.logN >= 10 &&
    cost.logN <= MAX_STORED.logN &&
    cost.blockSize >= 1 &&
    cost.blockSize <= MAX_STORED.blockSize &&
    cost.parallelism >= 1 &&
    cost.parallelism <= MAX_STORED.parallelism;
  return sane ? { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') } : null;
}

/** A counting semaphore: runs at most `limit` tasks at once, the rest in the order they came. */
function createSlots(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
