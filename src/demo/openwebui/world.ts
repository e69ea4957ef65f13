import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../chat/clock.ts';
import type { Model } from './model.ts';
import type { Profile } from './profile.ts';
import * as records from './records.ts';
import { ByteShelf, Disk, Shelf } from './shelf.ts';
import { Wheel } from './wheel.ts';

/** What the server tells whoever watches it; tests count streams and broken ones with these. */
export type Happening =
  | { readonly kind: 'stream-started'; readonly model: string }
  | { readonly kind: 'stream-ended'; readonly model: string; readonly aborted: boolean }
  | { readonly kind: 'task-ended'; readonly chatId: string; readonly messageId: string };

/** Switches an admin can turn. */
export interface Settings {
  apiKeys: boolean;
  /** Paths an API key may call when not null (`API_KEYS_ALLOWED_ENDPOINTS`). */
  allowedPaths: string[] | null;
  titles: boolean;
  tags: boolean;
  followUps: boolean;
  searchQueries: boolean;
  retrievalQueries: boolean;
  autocomplete: boolean;
  /** Bytes of one upload. */
  uploadLimit: number;
  /** Milliseconds from an upload until it is `completed`. */
  processingMs: number;
  taskModel: string | null;
}

/** All state of one server. */
export interface World {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly model: Model;
  readonly settings: Settings;
  readonly users: Shelf<records.User>;
  readonly chats: Shelf<records.Chat>;
  readonly tags: Shelf<records.Tag>;
  readonly files: Shelf<records.StoredFile>;
  readonly bytes: ByteShelf;
  readonly folders: Shelf<records.Folder>;
  readonly prompts: Shelf<records.Prompt>;
  readonly knowledge: Shelf<records.Knowledge>;
  readonly feedback: Shelf<records.Feedback>;
  /** Session tokens handed out by sign-in, by token: the user's id. Bounded. */
  readonly sessions: Map<string, string>;
  /** True when no earlier state was read from a file. */
  readonly fresh: boolean;
  /** Whether somebody has read the models since the start: before that the task endpoints know none. */
  modelsRead: boolean;
  readonly watch: (happening: Happening) => void;
  close(): void;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly model: Model;
  readonly dataFile: string | null;
  readonly settings: Partial<Settings>;
  readonly watch: (happening: Happening) => void;
}

/** The people everybody finds in a new stand-in. Their ids never change, so that kept chats stay theirs. */
export const people = {
  admin: {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'Ada Admin',
    email: 'ada@example.test',
    role: 'admin',
    prompts: true,
  },
  user: {
    id: '00000000-0000-4000-8000-000000000002',
    name: 'Parley',
    email: 'parley@example.test',
    role: 'user',
    prompts: true,
  },
  other: {
    id: '00000000-0000-4000-8000-000000000003',
    name: 'Otto Other',
    email: 'otto@example.test',
    role: 'user',
    prompts: false,
  },
  pending: {
    id: '00000000-0000-4000-8000-000000000004',
    name: 'Penny Pending',
    email: 'penny@example.test',
    role: 'pending',
    prompts: false,
  },
} as const;

/** Makes the state, or reads it back from `dataFile`, and sees to it that the four people exist. */
export function makeWorld(options: WorldOptions): World {
  const disk = options.dataFile === null ? null : new Disk(options.dataFile);
  const wheel = new Wheel(options.clock);
  const users = new Shelf('user', records.user, 200, disk);
  const world: World = {
    profile: options.profile,
    clock: options.clock,
    wheel,
    model: options.model,
    settings: {
      apiKeys: true,
      allowedPaths: null,
      titles: true,
      tags: true,
      followUps: true,
      searchQueries: true,
      retrievalQueries: true,
      autocomplete: true,
      uploadLimit: 25 * 1024 * 1024,
      processingMs: 150,
      taskModel: null,
      ...options.settings,
    },
    users,
    fresh: users.all().length === 0,
    chats: new Shelf('chat', records.chat, 5000, disk),
    tags: new Shelf('tag', records.tag, 2000, disk),
    files: new Shelf('file', records.file, 500, disk),
    bytes: new ByteShelf(128 * 1024 * 1024, disk),
    folders: new Shelf('folder', records.folder, 500, disk),
    prompts: new Shelf('prompt', records.prompt, 500, disk),
    knowledge: new Shelf('knowledge', records.knowledge, 200, disk),
    feedback: new Shelf('feedback', records.feedback, 5000, disk),
    sessions: new Map(),
    modelsRead: false,
    watch: options.watch,
    close() {
      wheel.stop();
      disk?.close();
    },
  };
  for (const person of Object.values(people)) {
    const known = world.users.get(person.id);
    if (known === null) world.users.put({ ...person, api_key: newKey(), created_at: seconds(world) });
    else if (known.api_key === null) world.users.put({ ...known, api_key: newKey() });
  }
  return world;
}

/** A fresh API key: `sk-` and 32 hex digits. */
export function newKey(): string {
  return `sk-${randomBytes(16).toString('hex')}`;
}

/** A fresh id, as the server makes them. */
export function newId(): string {
  return randomUUID();
}

/** Now, in whole seconds since the epoch: the server's unit for nearly everything. */
export function seconds(world: World): number {
  return Math.floor(world.clock.now() / 1000);
}

/** The same moment in milliseconds: the unit of `chat.timestamp`. */
export function milliseconds(world: World): number {
  return world.clock.now();
}
