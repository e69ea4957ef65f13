import type { Accounts } from '../accounts/accounts.ts';
import type { Adapter } from '../chat/adapter.ts';
import type { Audit } from '../chat/audit.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { placeKey, userKey } from '../chat/places.ts';
import type { Desk, Forgetting, Linking, PromptShelf } from '../commands/desk.ts';
import type { NextcloudDesk } from '../commands/nextcloud-desk.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { version } from '../openwebui/server.ts';
import type { Log } from '../ops/log.ts';
import type { Store } from '../store/port.ts';
import { changeConversation } from '../turn/change-conversation.ts';
import type { ChooseModel } from '../turn/model-choice.ts';
import type { Naming } from '../turn/naming.ts';
import type { Access } from './access.ts';
import type { Control } from './control.ts';
import type { AccountExtras } from './extras.ts';
import type { PerAccount } from './per-account.ts';
import { rate } from './rate.ts';
import type { Transcript } from './transcript.ts';
import type { Warm } from './warm.ts';

/** What the desk is made of. */
export interface DeskRooms {
  readonly store: Store;
  readonly accounts: Accounts;
  /** The server through the team's account. */
  readonly server: OpenWebUI;
  readonly clock: Clock;
  readonly access: Access;
  readonly control: Control;
  readonly warm: Warm;
  readonly chooseModel: ChooseModel;
  readonly naming: Naming;
  /** Address under which people open Open WebUI; null for the demo's own. */
  readonly webAddress: string;
  /** What is said about the server in `/status`, such as that it is a stand-in. */
  readonly notice: string | null;
  readonly prompts: PromptShelf;
  readonly linking: Linking;
  /** Whether this person may change things with the account of this owner, and not only use them. */
  mayChange(person: Person, owner: string | null): boolean;
  readonly forgetting: Forgetting;
  readonly audit: Audit;
  readonly log: Log;
  readonly extras: PerAccount<AccountExtras>;
  readonly delivery: Delivery;
  readonly transcript: Transcript;
  adapter(platform: string): Adapter;
  /** IANA; for people whose own zone is not known. */
  readonly timezone: string;
  /** Null where no Nextcloud is set. */
  readonly nextcloud: NextcloudDesk | null;
}

const NOTHING_HERE = { done: false, why: 'There is no conversation here yet. Write to me first.' } as const;

/** What commands may do, on top of the other rooms. */
export function createDesk(rooms: DeskRooms): Desk {
  const { store, control } = rooms;
  const find = (place: Place) => store.conversations.get(placeKey(place));

  const desk: Desk = {
    settings: store.settings,
    nextcloud: rooms.nextcloud,
    conversation: find,
    async models(person) {
      const { server } = await rooms.accounts.asking(person);
      return (await rooms.warm.freshModels(server)).filter((model) => !model.hidden);
    },
    async modelFor(person, place) {
      const chosen = await rooms.chooseModel(person.ref, place);
      const identity = rooms.accounts.known(person);
      const known = identity ? rooms.warm.models(identity.server) : [];
      const model = known.find(({ id, hidden }) => (chosen ? id === chosen.id : !hidden));
      const { id, chosenBy } = chosen ?? { id: model?.id ?? null, chosenBy: 'server' as const };
      return { id, name: model?.name ?? null, chosenBy };
    },
    stop: (person, place) => control.stopAll(person, placeKey(place)),
    async again(person, place) {
      const job = await control.newest(placeKey(place));
      return job ? control.again(person, job.id, null) : NOTHING_HERE;
    },
    async rename(_person, place, title) {
      const shown = await rooms.naming.byPerson(place, title);
      return shown === null ? NOTHING_HERE : { done: true, shown };
    },
    rate: (person, place, verdict) => rate(rooms, person, place, verdict),
    async startAnew(place) {
      const changed = await changeConversation(
        store.conversations,
        placeKey(place),
        null,
        (now) => now && { ...now, chatId: null, title: null, titledBy: null },
      );
      return changed ? { done: true } : NOTHING_HERE;
    },
    async facts(person, place) {
      const conversation = await find(place);
      const link = conversation ? this.chatLink(conversation) : null;
      const model = await this.modelFor(person, place);
      return [
        await serverFact(rooms),
        `Model here: ${model.name ?? model.id ?? 'none yet'}${model.chosenBy === 'server' ? '' : ` (chosen for ${BY[model.chosenBy]})`}`,
        link ? `This conversation in Open WebUI: ${link}` : 'This conversation is not in Open WebUI yet.',
        ...((await rooms.nextcloud?.facts(person)) ?? []),
      ];
    },
    chatLink(conversation) {
      return conversation.chatId === null ? null : `${rooms.webAddress}/c/${encodeURIComponent(conversation.chatId)}`;
    },
    isAdmin: (person: Person) => rooms.access.isAdmin(person),
    prompts: rooms.prompts,
    linking: rooms.linking,
    forgetting: rooms.forgetting,
    audit: (person, what, on, count) =>
      rooms.audit({ who: userKey(person.ref), what, on, result: 'done', ...(count !== undefined && { count }) }),
    extras: {
      tools: async (person) => rooms.extras.of((await desk.account(person)).server).tools.fresh(),
      knowledge: async (person) => rooms.extras.of((await desk.account(person)).server).knowledge.fresh(),
    },
    async account(person) {
      const { owner, server } = await rooms.accounts.asking(person);
      return { server, readOnly: rooms.mayChange(person, owner) ? null : SHARED };
    },
    async profile(person) {
      const account = rooms.accounts.known(person)?.account ?? null;
      return {
        name: account?.name || person.name,
        email: account?.email ?? person.email,
        bio: account?.bio ?? null,
        gender: account?.gender ?? null,
        birthDate: account?.birthDate ?? null,
        language: person.locale,
      };
    },
    zone: (person) => person.timezone ?? rooms.timezone,
    keptDays: Math.round(store.keptMs / 86_400_000),
    now: () => rooms.clock.now(),
    transcript: rooms.transcript,
    async threadRoot(place) {
      if (place.thread === null) return null;
      const all = { before: null, after: null };
      const found = await rooms
        .adapter(place.platform)
        .history(place, all, THREAD)
        .catch(() => []);
      return found.find(({ ref, ours }) => ref.id === place.thread && !ours) ?? null;
    },
    async post(place, file, key) {
      const posted = await rooms.delivery.upload(place, file, key);
      return posted.ok ? { done: true } : { done: false, why: posted.problem.say };
    },
    async hand(person, place, file, key, via) {
      return rooms.delivery.hand(person.ref, place, file, key, via);
    },
    download: (file, maxBytes) => rooms.adapter(file.platform).download(file, maxBytes),
  };
  return desk;
}

/** Messages of a thread among which the one is looked for that it hangs on. */
const THREAD = 200;

/** The service account belongs to the whole team: what it owns is not for everybody to change. */
const SHARED =
  'Prompts here belong to the team’s account in Open WebUI, so only admins can change them from chat. Ask one of them, change the prompt in Open WebUI itself, or link your own account with `/link`.';

const BY = { thread: 'this conversation', channel: 'this channel', me: 'you' } as const;

async function serverFact(rooms: DeskRooms): Promise<string> {
  try {
    const known = await version(rooms.server);
    return rooms.notice ?? `Open WebUI ${known.version} answers.`;
  } catch (error) {
    return problemOf(error).say;
  }
}
