import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { FileRef } from '../../src/chat/messages.ts';
import type { Pages } from './book.ts';
import type { PageFile } from './protocol.ts';

/** Uploaded files. Their ids cannot be guessed: whoever has one may read the file. */
export interface Files {
  add(file: { name: string; type: string; bytes: Uint8Array }, owner: string, at: number): PageFile;
  /** What is known of it without its bytes. */
  get(id: string): (PageFile & { readonly owner: string }) | null;
  bytes(id: string): Uint8Array | null;
}

const row = z.object({ id: z.string(), name: z.string(), type: z.string(), size: z.number(), owner: z.string() });
const body = z.object({ bytes: z.instanceof(Uint8Array) });

/** See {@link Files}. */
export function createFiles({ db }: Pages): Files {
  const insert = db.prepare('insert into files (id, name, type, size, bytes, owner, at) values (?, ?, ?, ?, ?, ?, ?)');
  const select = db.prepare('select id, name, type, size, owner from files where id = ?');
  const bytes = db.prepare('select bytes from files where id = ?');
  return {
    add(file, owner, at) {
      const kept = {
        id: randomBytes(16).toString('base64url'),
        name: safeName(file.name),
        type: safeType(file.type),
        size: file.bytes.length,
      };
      insert.run(kept.id, kept.name, kept.type, kept.size, file.bytes, owner, at);
      return kept;
    },
    get(id) {
      const found = select.get(id);
      return found ? row.parse(found) : null;
    },
    bytes(id) {
      const found = bytes.get(id);
      return found ? body.parse(found).bytes : null;
    },
  };
}

/** A file as an event names it. */
export function fileRef(file: PageFile): FileRef {
  return { platform: 'local', id: file.id, name: file.name, type: file.type, size: file.size, token: file.id };
}

/** A name without folders and characters that control anything, at most 200 UTF-16 units. */
function safeName(name: string): string {
  const last = name.toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const clean = last.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return clean.slice(0, 200).toWellFormed() || 'file';
}

function safeType(type: string): string {
  const plain = type.toLowerCase().split(';')[0]?.trim() ?? '';
  return /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/.test(plain) ? plain : 'application/octet-stream';
}
