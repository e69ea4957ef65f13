import * as z from 'zod';
import type { NextcloudAccounts } from '../accounts/nextcloud-accounts.ts';
import type { LinkedAccount } from '../accounts/nextcloud-links.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { userKey } from '../chat/places.ts';
import { FLOW_MS, type LoginFlow } from '../nextcloud/login-flow.ts';
import type { Log } from '../ops/log.ts';
import type { Job, NewJob, Settings, Store } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import type { Vault } from '../store/vault.ts';
import { pause } from './pause.ts';

/** A login flow that somebody began and that waits for their grant in the browser. */
export interface Connecting {
  readonly person: Person;
  /** Where they are told, privately. */
  readonly place: Place;
  readonly requester: string;
  /** The token of the flow, sealed. */
  readonly sealed: string;
  readonly expiresAt: number;
}

const stored = z.object({
  person: storedShapes.person,
  place: storedShapes.place,
  requester: z.string(),
  sealed: z.string(),
  expiresAt: z.number(),
}) satisfies z.ZodType<Connecting>;

/** Between two questions whether it was granted. */
const POLL_MS = 3_000;
/** An account that nobody confirmed is let go after so long. */
const UNCONFIRMED_MS = 3_600_000;

/** What connecting needs of the rest. */
export interface ConnectRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: NextcloudAccounts;
  /** Tells one person alone, with commands as they are typed there. */
  tell(person: Person, place: Place, words: string): Promise<unknown>;
  /** Asks them alone whether the account is theirs. */
  ask(person: Person, place: Place, account: LinkedAccount): Promise<unknown>;
}

/** The job that waits for a grant: durable, since the password is told once only. */
export function connectJob(
  key: string,
  flow: LoginFlow,
  who: Pick<Connecting, 'person' | 'place' | 'requester'>,
  vault: Vault,
): NewJob {
  const sealed = vault.seal(flow.token, boundTo(userKey(who.person.ref)));
  const connecting: Connecting = { ...who, sealed, expiresAt: flow.expiresAt };
  return {
    key: `connect:${key}`,
    lane: 'task',
    conversation: null,
    kind: 'connect',
    payload: JSON.stringify(connecting),
    notBefore: 0,
    expiresAt: flow.expiresAt + FLOW_MS,
    person: userKey(who.person.ref),
  };
}

/**
 * The flow that counts: when somebody begins anew, their earlier link may still be opened, late or by another who got hold of it.
 */
export function newestFlow(settings: Settings, user: string) {
  const [scope, name] = [`user:${user}`, 'nextcloud-flow'];
  return {
    set: ({ key, expiresAt }: NewJob) => settings.set(scope, name, key, { expiresAt }),
    is: async ({ key }: Job) => (await settings.get(scope, name)) === key,
  };
}

/** Waits until the person has granted, then asks whether the account is theirs. Resolves early when `gone` is aborted. */
export async function awaitGrant(rooms: ConnectRooms, job: Job, gone: AbortSignal): Promise<void> {
  const { store, clock, accounts } = rooms;
  const { person, place, requester, sealed, expiresAt } = stored.parse(JSON.parse(job.payload));
  const user = userKey(person.ref);
  const flow = job.key;
  const newest = newestFlow(store.settings, user);
  const token = rooms.vault.open(sealed, boundTo(user));
  // A process that died had it, and has kept it.
  let account = job.attempts > 1 ? await unconfirmed(accounts, user, flow) : null;
  while (account === null) {
    if (gone.aborted) return;
    const answer = token === null ? 'gone' : await accounts.poll({ token, expiresAt }).catch(away);
    const counts = await newest.is(job);
    if (answer === 'gone' || clock.now() > expiresAt) return end('not granted', counts ? EXPIRED : null);
    if (answer === 'waiting') await pause(clock, POLL_MS, gone);
    else if (counts) account = await accounts.keep(user, answer, { flow, requester });
    else return end('an older link', (await accounts.discard(answer, requester)) === 'left' ? OLDER_LEFT : OLDER);
  }
  await rooms.ask(person, place, account);
  const now = clock.now();
  const later: NewJob = {
    key: `unconfirmed:${job.id}`,
    lane: 'task',
    conversation: null,
    kind: 'unconfirmed',
    payload: JSON.stringify({ user, flow }),
    notBefore: now + UNCONFIRMED_MS,
    expiresAt: now + 2 * UNCONFIRMED_MS,
    person: user,
  };
  await store.jobs.finish(job, 'done', null, [later], now);

  async function end(why: string, words: string | null): Promise<void> {
    if (words !== null) await rooms.tell(person, place, words);
    await store.jobs.finish(job, 'done', why, [], clock.now());
  }

  function away(error: unknown): 'waiting' {
    const { kind, detail } = problemOf(error);
    rooms.log.info({ job: job.id, kind, detail }, 'whether a Nextcloud account was granted could not be asked');
    return 'waiting';
  }
}

const forgotten = z.object({ user: z.string(), flow: z.string().default('') });

/** Lets go of an account that nobody confirmed, unless another has taken its place. */
export async function dropUnconfirmed(
  rooms: Pick<ConnectRooms, 'store' | 'clock' | 'accounts'>,
  job: Job,
): Promise<void> {
  const { user, flow } = forgotten.parse(JSON.parse(job.payload));
  if (await unconfirmed(rooms.accounts, user, flow)) await rooms.accounts.unlink(user, flow);
  await rooms.store.jobs.finish(job, 'done', null, [], rooms.clock.now());
}

async function unconfirmed(accounts: NextcloudAccounts, user: string, flow: string): Promise<LinkedAccount | null> {
  const account = await accounts.linked(user);
  return account?.confirmed === false && account.flow === flow ? account : null;
}

function boundTo(user: string): string {
  return JSON.stringify(['connecting', user]);
}

const EXPIRED =
  'Nobody granted access to a Nextcloud account within 20 minutes, so I stopped waiting. `/nextcloud connect` gives you a new link.';
const OLDER =
  'Somebody granted access with an older link of yours. Only the newest one counts, so I have let go of that account and deleted its app password. Open the newest link, or begin anew with `/nextcloud connect`.';
const OLDER_LEFT =
  'Somebody granted access with an older link of yours. Only the newest one counts, so I do not use that account; its app password may still be there: delete it in Nextcloud under Settings, Security, Devices & sessions. Open the newest link, or begin anew with `/nextcloud connect`.';
