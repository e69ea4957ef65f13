import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { createVault, parseSecretKey } from '../../src/store/vault.ts';

/** Text that UTF-8 can carry, which every token and password is. */
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const newKey = () => new Secret(randomBytes(32).toString('base64'));
const vault = createVault(newKey());

describe('the vault', () => {
  it('opens what it sealed for the same owner', () => {
    fc.assert(
      fc.property(text, text, (secret, bound) => {
        expect(vault.open(vault.seal(new Secret(secret), bound), bound)?.reveal()).toBe(secret);
      }),
    );
  });

  it('opens nothing for another owner', () => {
    fc.assert(
      fc.property(text, text, text, (secret, bound, other) => {
        fc.pre(bound !== other);
        expect(vault.open(vault.seal(new Secret(secret), bound), other)).toBeNull();
      }),
    );
  });

  it('opens nothing in which any character was changed, cut or added', () => {
    const printable = fc.string({ minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(text, fc.nat(), printable, fc.constantFrom('change', 'cut', 'add'), (secret, at, by, how) => {
        const sealed = vault.seal(new Secret(secret), 'owner');
        const place = at % (sealed.length + (how === 'add' ? 1 : 0));
        const tail = sealed.slice(how === 'add' ? place : place + 1);
        const changed = sealed.slice(0, place) + (how === 'cut' ? '' : by) + tail;
        fc.pre(changed !== sealed);
        expect(vault.open(changed, 'owner')).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('opens nothing in which one bit of the bytes was turned', () => {
    const sealed = vault.seal(new Secret('a password'), 'owner');
    const head = sealed.slice(0, sealed.lastIndexOf('.') + 1);
    const bytes = Buffer.from(sealed.slice(head.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(vault.open(head + Buffer.from(turned).toString('base64url'), 'owner')).toBeNull();
    }
  });

  it('opens nothing that never was sealed', () => {
    fc.assert(fc.property(fc.string(), (anything) => vault.open(anything, 'owner') === null));
    const head = vault.seal(new Secret(''), 'owner').split('.').slice(0, 2).join('.');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(vault.open(`${head}.${Buffer.from(bytes).toString('base64url')}`, 'owner')).toBeNull();
      }),
    );
  });

  it('never seals the same secret to the same text, and never shows it', () => {
    const sealed = Array.from({ length: 100 }, () => vault.seal(new Secret('hunter2'), 'owner'));
    expect(new Set(sealed).size).toBe(100);
    for (const each of sealed) {
      expect(each).toMatch(/^v1\.[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]+$/);
      expect(Buffer.from(each.split('.')[2] ?? '', 'base64url').includes('hunter2')).toBe(false);
    }
  });

  it('opens with the old key after a change of keys, and seals with the new one', () => {
    const [before, after] = [newKey(), newKey()];
    const old = createVault(before).seal(new Secret('x'), 'owner');
    const changed = createVault(after, [before]);
    expect(changed.open(old, 'owner')?.reveal()).toBe('x');
    expect(createVault(after).open(old, 'owner')).toBeNull();
    expect(changed.isCurrent(old)).toBe(false);
    expect(changed.isCurrent(changed.seal(new Secret('y'), 'owner'))).toBe(true);
    expect(
      createVault(after)
        .open(changed.seal(new Secret('y'), 'owner'), 'owner')
        ?.reveal(),
    ).toBe('y');
  });

  it('makes a key up when it has none, which lasts as long as the process', () => {
    const [one, two] = [createVault(null), createVault(null)];
    const sealed = one.seal(new Secret('x'), 'owner');
    expect(one.lasting).toBe(false);
    expect(vault.lasting).toBe(true);
    expect(one.open(sealed, 'owner')?.reveal()).toBe('x');
    expect(two.open(sealed, 'owner')).toBeNull();
  });

  it('refuses a key that is not one, without repeating it', () => {
    const wrong = /^(?!.*hunter2).*32 bytes/;
    expect(() => createVault(new Secret('hunter2'))).toThrow(wrong);
    expect(() => createVault(newKey(), [new Secret('hunter2')])).toThrow(wrong);
  });
});

describe('the secret key', () => {
  it('is 32 bytes in base64, in either alphabet, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const key = Buffer.from(bytes);
        const sealed = createVault(new Secret(key.toString('base64'))).seal(new Secret('x'), 'owner');
        for (const written of [` ${key.toString('base64')}\n`, key.toString('base64url')]) {
          const parsed = parseSecretKey(written);
          if (!(parsed instanceof Secret)) throw new Error('not taken');
          expect(createVault(parsed).open(sealed, 'owner')?.reveal()).toBe('x');
        }
      }),
    );
  });

  it.each([
    '',
    'hunter2',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}B=`,
    `${'A'.repeat(20)} ${'A'.repeat(23)}=`,
  ])('is not %j', (written) => {
    const parsed = parseSecretKey(written);
    expect(parsed).toMatchObject({ kind: 'invalid', say: expect.stringContaining('openssl rand -base64 32') });
    if (written.length > 3) expect(JSON.stringify(parsed)).not.toContain(written);
  });
});
