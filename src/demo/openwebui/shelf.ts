import { DatabaseSync } from 'node:sqlite';
import type * as z from 'zod';

/**
 * Where the stand-in keeps its state when it shall survive a restart: one SQLite table of JSON rows and one of bytes.
 * Everything is also in memory; the file is only written to, and read once at the start.
 */
export class Disk {
  readonly #db: DatabaseSync;

  /** Opens or makes the file. Throws when the place cannot be written. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = normal;
      create table if not exists rows (kind text not null, id text not null, body text not null, bytes blob, primary key (kind, id));
    `);
  }

  /** Every row of a kind, in the order in which it was last put. */
  *rows(kind: string): Generator<{ id: string; body: string; bytes: Uint8Array | null }> {
    for (const row of this.#db
      .prepare('select id, body, bytes from rows where kind = ? order by rowid')
      .iterate(kind)) {
      const { id, body, bytes } = row;
      if (typeof id !== 'string' || typeof body !== 'string') continue;
      yield { id, body, bytes: bytes instanceof Uint8Array ? bytes : null };
    }
  }

  put(kind: string, id: string, body: string, bytes: Uint8Array | null): void {
    this.#db
      .prepare('insert or replace into rows (kind, id, body, bytes) values (?, ?, ?, ?)')
      .run(kind, id, body, bytes);
  }

  drop(kind: string, id: string): void {
    this.#db.prepare('delete from rows where kind = ? and id = ?').run(kind, id);
  }

  /** Closes the file; may be called again. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** Records of one kind by id, bounded: putting one too many forgets the one that was put longest ago. */
export class Shelf<T extends { readonly id: string }> {
  readonly #kind: string;
  readonly #limit: number;
  readonly #disk: Disk | null;
  readonly #items = new Map<string, T>();

  /** Reads what the disk holds of this kind. A row that no longer fits the shape is left out. */
  constructor(kind: string, schema: z.ZodType<T>, limit: number, disk: Disk | null) {
    this.#kind = kind;
    this.#limit = limit;
    this.#disk = disk;
    for (const row of disk?.rows(kind) ?? []) {
      const parsed = schema.safeParse(JSON.parse(row.body));
      if (parsed.success) this.#items.set(row.id, parsed.data);
    }
  }

  get(id: string): T | null {
    return this.#items.get(id) ?? null;
  }

  /** Keeps this value under its id, in place of what was there. */
  put(item: T): T {
    this.#items.delete(item.id);
    this.#items.set(item.id, item);
    this.#disk?.put(this.#kind, item.id, JSON.stringify(item), null);
    const oldest = this.#items.keys().next().value;
    if (this.#items.size > this.#limit && oldest !== undefined) this.drop(oldest);
    return item;
  }

  drop(id: string): boolean {
    this.#disk?.drop(this.#kind, id);
    return this.#items.delete(id);
  }

  /** Every record, the one put longest ago first. */
  all(): T[] {
    return [...this.#items.values()];
  }
}

/** Bytes of uploaded files by id, bounded in total. Forgets the oldest when full. */
export class ByteShelf {
  readonly #limit: number;
  readonly #disk: Disk | null;
  readonly #items = new Map<string, Uint8Array>();
  #total = 0;

  constructor(limit: number, disk: Disk | null) {
    this.#limit = limit;
    this.#disk = disk;
    for (const row of disk?.rows('bytes') ?? []) if (row.bytes !== null) this.#remember(row.id, row.bytes);
  }

  get(id: string): Uint8Array | null {
    return this.#items.get(id) ?? null;
  }

  put(id: string, bytes: Uint8Array): void {
    this.drop(id);
    this.#remember(id, bytes);
    this.#disk?.put('bytes', id, '{}', bytes);
    for (const [oldest] of this.#items) {
      if (this.#total <= this.#limit || oldest === id) break;
      this.drop(oldest);
    }
  }

  drop(id: string): void {
    this.#total -= this.#items.get(id)?.length ?? 0;
    if (this.#items.delete(id)) this.#disk?.drop('bytes', id);
  }

  #remember(id: string, bytes: Uint8Array): void {
    this.#items.set(id, bytes);
    this.#total += bytes.length;
  }
}
