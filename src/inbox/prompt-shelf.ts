import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Audit } from '../chat/audit.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure } from '../chat/errors.ts';
import type { Choice } from '../chat/forms.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { PromptShelf } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Grant, Prompt } from '../openwebui/prompt-rows.ts';
import { listPrompts, readPrompt } from '../openwebui/prompts.ts';
import type { Warm } from './warm.ts';
import { createWarmList, listKey, type WarmList } from './warm-list.ts';

/** A prompt that is about to run is looked at once more, but nobody waits longer for it than this. */
const LOOK_MS = 1_500;

const grant = z.object({ to: z.enum(['user', 'group']), id: z.string(), may: z.enum(['read', 'write']) });
const remembered = z.array(
  z.object({
    id: z.string(),
    command: z.string(),
    name: z.string(),
    content: z.string(),
    tags: z.array(z.string()),
    active: z.boolean(),
    versionId: z.string().nullable(),
    ownerName: z.string().nullable(),
    updatedAt: z.number().nullable(),
    grants: z.array(grant) satisfies z.ZodType<readonly Grant[]>,
    writable: z.boolean().nullable(),
  }),
) satisfies z.ZodType<readonly Prompt[]>;

/** The prompts that an account may use, kept warm. */
export function createWarmPrompts(server: OpenWebUI, clock: Clock, cache: Keyv | null): WarmList<Prompt> {
  return createWarmList({
    key: listKey('prompts', server),
    schema: remembered,
    clock,
    cache,
    list: () => listPrompts(server),
  });
}

/** See {@link PromptShelf}. Each person has the prompts of the account that asks for them. */
export function createPromptShelf(accounts: Accounts, warm: Warm, clock: Clock, audit: Audit): PromptShelf {
  const asking = async (person: Person) => (await accounts.asking(person)).server;

  function stale(person: Person): void {
    const identity = accounts.known(person);
    if (identity) warm.promptsChanged(identity.server);
  }

  return {
    async known(person) {
      return warm.prompts(await asking(person)).ready();
    },
    async fresh(person) {
      const list = warm.prompts(await asking(person));
      const known = list.known();
      if (known.length === 0) return list.fetch();
      const late = Promise.withResolvers<null>();
      const cancel = clock.after(LOOK_MS, () => late.resolve(null));
      try {
        return (await Promise.race([list.fetch(), late.promise])) ?? known;
      } catch {
        // The server is away: what is known is the best there is.
        return known;
      } finally {
        cancel();
      }
    },
    async now(person, prompt) {
      const server = await asking(person);
      try {
        return await readPrompt({ ...server, timeoutMs: LOOK_MS }, prompt.id);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const { kind } = error.problem;
        return kind === 'missing' || kind === 'forbidden' ? null : prompt;
      }
    },
    changed(person, what, on, count) {
      audit({ who: userKey(person.ref), what, on, result: 'done', ...(count !== undefined && { count }) });
      stale(person);
    },
    stale,
  };
}

/** The prompts that fit what was typed: those whose command begins with it first, then those whose name does, then those that hold it. Pure. */
export function suggestPrompts(prompts: readonly Prompt[], typed: string, most: number): readonly Choice[] {
  const wanted = typed.trim().replace(/^\//, '').toLowerCase();
  const ranks: Prompt[][] = [[], [], []];
  for (const prompt of prompts) {
    const command = prompt.command.toLowerCase();
    const name = prompt.name.toLowerCase();
    if (command.startsWith(wanted)) ranks[0]?.push(prompt);
    else if (name.startsWith(wanted)) ranks[1]?.push(prompt);
    else if (command.includes(wanted) || name.includes(wanted) || prompt.tags.some((tag) => tag.includes(wanted)))
      ranks[2]?.push(prompt);
  }
  return ranks
    .flat()
    .slice(0, most)
    .map(({ command, name }) => ({ label: command, value: command, hint: name === command ? null : name }));
}
