import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Pages } from './book.ts';
import type { Entered, PagePerson } from './protocol.ts';

/** Who has entered. A name is chosen freely; the key that entering gives proves later that one is the same person. */
export interface People {
  enter(name: string, at: number): Entered;
  /** The person, when the key is theirs. */
  proven(id: string, key: string): PagePerson | null;
  get(id: string): PagePerson | null;
  /** The newest 500. */
  all(): readonly PagePerson[];
}

const row = z.object({ id: z.string(), name: z.string(), colour: z.number() });
const withKey = row.extend({ key_hash: z.instanceof(Uint8Array) });

/** See {@link People}. */
export function createPeople({ db }: Pages): People {
  const insert = db.prepare('insert into people (id, name, key_hash, at) values (?, ?, ?, ?)');
  const select = db.prepare('select id, name, rowid - 1 as colour, key_hash from people where id = ?');
  const list = db.prepare('select id, name, rowid - 1 as colour from people order by at desc limit 500');
  return {
    enter(name, at) {
      const id = `p${randomBytes(6).toString('hex')}`;
      const key = randomBytes(24).toString('base64url');
      insert.run(id, name, hash(key), at);
      return { id, name, key };
    },
    proven(id, key) {
      const found = select.get(id);
      const read = found && withKey.parse(found);
      return read && timingSafeEqual(read.key_hash, hash(key))
        ? { id: read.id, name: read.name, colour: read.colour }
        : null;
    },
    get(id) {
      const found = select.get(id);
      return found ? row.parse(found) : null;
    },
    all: () => list.all().map((found) => row.parse(found)),
  };
}

function hash(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}
