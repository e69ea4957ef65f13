import { expect, vi } from 'vitest';
import type { FileRef } from '../../src/chat/messages.ts';
import { demoModel } from '../../src/demo/openwebui/answers/demo-model.ts';
import { branch, chatTree } from '../../src/openwebui/chat-tree.ts';
import { closeAfter } from '../close-after.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import type { Logged } from '../servers/faulty.ts';
import { says } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { lastingVault, link, newKeyFor } from './linked.ts';
import { openWorld, type World } from './world.ts';

/** Parley with people who have accounts of their own, and whoever else comes along without. */
export interface CredentialWorld {
  readonly world: World;
  readonly openWebUI: ScriptedOpenWebUI;
  /** Ends somebody's key. */
  revoke(name: string): void;
  /** Whose key a request carried. */
  by(request: Logged): string;
  completions(): Logged[];
  /** What was asked for, as text. */
  bodies(): string[];
  /** How many turns are over. */
  overs(): number;
  /** Asks and waits for the answer. */
  ask(text: string, name: string, more?: Parameters<World['message']>[1]): Promise<void>;
  /** Waits until nothing is left to be done after the answers, but what waits for an owner. */
  settled(): Promise<void>;
  /** What stands in the chats of an account, as plain text; each must be a tree that the web page can show. */
  chatsOf(name: string): string[][];
}

/** Posted files by name; a file's handle is its name. */
const POSTED: Record<string, Buffer> = {
  'notes.txt': Buffer.from('Bread needs time. ``` and patience.'),
  'plan.txt': Buffer.from('Ben’s plan: rye on Monday.'),
  'loaf.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]),
};

/** One of the files that can be posted. */
export function file(name: string): FileRef {
  const type = name.endsWith('.png') ? 'image/png' : 'text/plain';
  return { platform: 'plain', id: name, name, type, size: null, token: name };
}

/** Opens it, with these people linked; it is closed after the test. */
export async function open(
  linked: readonly string[],
  more: Parameters<typeof openWorld>[0] = {},
): Promise<CredentialWorld> {
  const demo = demoModel({ seed: 1, pace: 'instant' });
  const secret = { id: 'secret', name: 'Secret', description: 'For admins', vision: false, adminOnly: true } as const;
  const openWebUI = await startScriptedOpenWebUI({ model: { ...demo, models: [...demo.models, secret] } });
  closeAfter(() => openWebUI.close());
  const world = await openWorld({
    openWebUI,
    vault: lastingVault(),
    wrap: (adapter) => ({
      ...adapter,
      download: async ({ name, type }) => ({ name, type, bytes: POSTED[name] ?? Buffer.alloc(0) }),
    }),
    ...more,
  });
  closeAfter(() => world.close());
  for (const name of linked) await link(world, name);

  const completions = () => openWebUI.seen({ path: '/api/chat/completions' });
  const overs = () => world.logged.filter((line) => line.includes('"turn over"')).length;
  return {
    ...{ world, openWebUI, completions, overs },
    revoke: (name) => void newKeyFor(openWebUI, name),
    by({ headers }) {
      const bearer = headers.authorization?.replace('Bearer ', '');
      const user = openWebUI.world.users.all().find((one) => one.api_key === bearer);
      return user?.name ?? (bearer ? 'a dead key' : 'nobody');
    },
    bodies: () => completions().map((one) => JSON.stringify(one.body)),
    async ask(text, name, more = {}) {
      const before = overs();
      await world.host.accept(world.message(text, { by: name, ...more }));
      await vi.waitFor(() => expect(overs()).toBe(before + 1), { timeout: 5_000 });
    },
    // A turn that is over for the log may still stand in the store, where what follows it begins with its end.
    settled: () =>
      vi.waitFor(async () => {
        expect(await world.store.jobs.pending('turn', 'plain:T1:C1:H1')).toEqual([]);
        expect(await world.store.jobs.pending('after', 'plain:T1:C1:H1')).toEqual([]);
      }),
    chatsOf: (name) =>
      openWebUI
        .chats()
        .filter((chat) => openWebUI.world.users.get(chat.user_id)?.name === name)
        .map((chat) => {
          const tree = chatTree.parse(chat.chat);
          expect(defectsOf(tree)).toEqual([]);
          return branch(tree).map((turn) => turn.text);
        }),
  };
}

/** Ann asks for the first time in a thread where Ben reads along, and her key dies after the answer. */
export async function annLosesHerKey(more: Parameters<typeof open>[1] = {}): Promise<CredentialWorld> {
  const set = await open(['Ann', 'Ben'], more);
  set.openWebUI.next(says('One.'));
  await set.ask('First?', 'Ann');
  await set.settled();
  set.revoke('Ann');
  return set;
}
