import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Failure, type Problem } from '../chat/errors.ts';
import { Secret } from '../chat/secret.ts';

/**
 * Seals secrets that must be kept: AES-256-GCM with a fresh nonce for each, so the same secret never looks the same twice.
 * The text form is `v1.<key id>.<base64url of nonce, ciphertext and tag>`: letters, digits, `-`, `_` and two dots.
 */
export interface Vault {
  /** Seals a secret for one place. `bound` says whose it is (a row, a person): it is not kept, and must be the same to open. */
  seal(secret: Secret, bound: string): string;
  /** Opens what was sealed with this key or an old one. Null for anything else: another key, another `bound`, one changed byte. */
  open(sealed: string, bound: string): Secret | null;
  /** Whether this was sealed with the present key; false for an old one, which is better sealed anew. */
  isCurrent(sealed: string): boolean;
  /** False when the key was made up for this process: what is sealed now cannot be opened after a restart. */
  readonly lasting: boolean;
}

const cipherName = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * A vault that seals with `key` (as {@link parseSecretKey} gives it; null: a random one for this process) and also opens what
 * was sealed with the `old` keys, so that a key can be changed without linking every account anew.
 * Throws a `Failure` when a key is not one. Random nonces are safe for some four thousand million seals a key, far from our use.
 */
export function createVault(key: Secret | null, old: readonly Secret[] = []): Vault {
  const current = key === null ? randomBytes(keyBytes) : keyOf(key);
  const currentId = idOf(current);
  const keys = new Map(old.map((secret) => [idOf(keyOf(secret)), keyOf(secret)]));
  keys.set(currentId, current);

  return {
    lasting: key !== null,
    seal(secret, bound) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(cipherName, current, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(bound));
      const body = [nonce, cipher.update(secret.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `v1.${currentId}.${Buffer.concat(body).toString('base64url')}`;
    },
    open(sealed, bound) {
      const [version, id = '', text = '', ...rest] = sealed.split('.');
      const opener = keys.get(id);
      const body = Buffer.from(text, 'base64url');
      // Base64 can write the same bytes in several ways; only ours is taken, so that no changed character passes unseen.
      const ours = version === 'v1' && rest.length === 0 && body.toString('base64url') === text;
      if (!ours || opener === undefined || body.length < nonceBytes + tagBytes) return null;
      return decrypt(opener, body, bound);
    },
    isCurrent: (sealed) => sealed.startsWith(`v1.${currentId}.`),
  };
}

/**
 * Reads `PARLEY_SECRET_KEY`: 32 bytes in base64, as `openssl rand -base64 32` prints them (the URL alphabet and missing `=` are
 * taken too). A problem that says how to make one for anything else; it never repeats the text.
 */
export function parseSecretKey(text: string): Secret | Problem {
  const trimmed = text.trim();
  const plain = trimmed.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = Buffer.from(plain, 'base64');
  if (bytes.length === keyBytes && bytes.toString('base64').replace(/=+$/, '') === plain) return new Secret(plain);
  return {
    kind: 'invalid',
    retry: { when: 'never' },
    say: 'The secret key is not 32 bytes in base64. Make one with: openssl rand -base64 32',
    detail: `a secret key of ${trimmed.length} characters is not ${keyBytes} bytes in base64`,
  };
}

function decrypt(key: Buffer, body: Buffer, bound: string): Secret | null {
  const decipher = createDecipheriv(cipherName, key, body.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(body.subarray(body.length - tagBytes));
  const text = decipher.update(body.subarray(nonceBytes, body.length - tagBytes));
  try {
    return new Secret(Buffer.concat([text, decipher.final()]).toString('utf8'));
  } catch {
    // Node throws when the tag does not match; that is the answer "this cannot be opened", not an accident.
    return null;
  }
}

function keyOf(secret: Secret): Buffer {
  const parsed = parseSecretKey(secret.reveal());
  if (!(parsed instanceof Secret)) throw new Failure(parsed);
  return Buffer.from(parsed.reveal(), 'base64');
}

/** Names a key without telling it: eight characters of a hash made for nothing else. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('parley key id\0').update(key).digest('base64url').slice(0, 8);
}
