import { createHash } from 'node:crypto';

/** A file or a folder. `owner` is null for what a task made: it lives in app data, which WebDAV cannot see. */
export interface StoredFile {
  readonly id: number;
  readonly owner: string | null;
  /** Below the owner's root, without slashes at the ends; the root itself is not kept. For app data the file's name. */
  readonly path: string;
  readonly folder: boolean;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly changed: number;
}

const mostFiles = 2000;
const mostBytes = 128 * 1024 * 1024;

/** Everybody's files, in memory, bounded. */
export class Files {
  readonly #files = new Map<number, StoredFile>();
  #bytes = 0;
  #next = 149;

  get(id: number): StoredFile | null {
    return this.#files.get(id) ?? null;
  }

  /** The owner's file at a path. */
  at(owner: string, path: string): StoredFile | null {
    for (const file of this.#files.values()) if (file.owner === owner && file.path === path) return file;
    return null;
  }

  /** What stands directly in a folder. */
  inside(owner: string, folder: string): readonly StoredFile[] {
    return [...this.#files.values()].filter((file) => file.owner === owner && parentOf(file.path) === folder);
  }

  /** Keeps a file, under the old id when there is one at this path. Null when there is no room. */
  put(file: Pick<StoredFile, 'owner' | 'path' | 'folder' | 'type' | 'bytes' | 'changed'>): StoredFile | null {
    const old = file.owner === null ? null : this.at(file.owner, file.path);
    const bytes = this.#bytes - (old?.bytes.length ?? 0) + file.bytes.length;
    if (bytes > mostBytes || (old === null && this.#files.size >= mostFiles)) return null;
    const etag = createHash('md5').update(file.path).update(file.bytes).update(String(file.changed)).digest('hex');
    const stored: StoredFile = { ...file, id: old?.id ?? this.#next++, etag };
    this.#bytes = bytes;
    this.#files.set(stored.id, stored);
    return stored;
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(file: StoredFile): void {
    for (const one of this.#files.values()) {
      const within = one.owner === file.owner && file.owner !== null && one.path.startsWith(`${file.path}/`);
      if (one.id !== file.id && !within) continue;
      this.#files.delete(one.id);
      this.#bytes -= one.bytes.length;
    }
  }

  /** How many bytes somebody's files have. */
  used(owner: string): number {
    return [...this.#files.values()].reduce((sum, file) => (file.owner === owner ? sum + file.bytes.length : sum), 0);
  }
}

/** The folder that a path stands in; empty for the root. */
export function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The last piece of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const types: Record<string, string> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  m4a: 'audio/mp4',
  flac: 'audio/flac',
  webm: 'video/webm',
  mp4: 'video/mp4',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
};

/** A file's type by the end of its name: the server does not believe the `Content-Type` of an upload. */
export function typeOf(path: string): string {
  const name = nameOf(path).toLowerCase();
  return types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
