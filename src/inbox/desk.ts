import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { placeKey } from '../chat/places.ts';
import type { Desk, Done } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { version } from '../openwebui/server.ts';
import type { Store } from '../store/port.ts';
import type { ChooseModel } from '../turn/model-choice.ts';
import type { Naming } from '../turn/naming.ts';
import type { Access } from './access.ts';
import type { Control } from './control.ts';
import type { Warm } from './warm.ts';

/** What the desk is made of. */
export interface DeskRooms {
  readonly store: Store;
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
}

const NOTHING_HERE: Done = { done: false, why: 'There is no conversation here yet. Write to me first.' };

/** What commands may do, on top of the other rooms. */
export function createDesk(rooms: DeskRooms): Desk {
  const { store, control } = rooms;
  const find = (place: Place) => store.conversations.get(placeKey(place));

  return {
    settings: store.settings,
    conversation: find,
    models: () => rooms.warm.freshModels(),
    async modelFor(person, place) {
      const chosen = await rooms.chooseModel(person.ref, place);
      return chosen ?? { id: rooms.warm.models()[0]?.id ?? null, chosenBy: 'server' };
    },
    async stop(person, place) {
      const job = await control.newest(placeKey(place));
      if (!job || (job.state !== 'running' && job.state !== 'waiting'))
        return { done: false, why: 'Nothing is being answered here.' };
      return control.stop(person, job.id);
    },
    async again(person, place) {
      const job = await control.newest(placeKey(place));
      return job ? control.again(person, job.id, `again:${job.id}`) : NOTHING_HERE;
    },
    async rename(_person, place, title) {
      const conversation = await find(place);
      if (!conversation) return NOTHING_HERE;
      await rooms.naming.byPerson(conversation, title);
      return { done: true };
    },
    async startAnew(place) {
      const conversation = await find(place);
      if (!conversation) return NOTHING_HERE;
      await store.conversations.put({ ...conversation, chatId: null, title: null, titledBy: null }, null);
      return { done: true };
    },
    async facts(person, place) {
      const conversation = await find(place);
      const link = conversation ? this.chatLink(conversation) : null;
      const model = await this.modelFor(person, place);
      return [
        await serverFact(rooms),
        `Model here: ${model.id ?? 'none yet'}${model.chosenBy === 'server' ? '' : ` (chosen for ${BY[model.chosenBy]})`}`,
        link ? `This conversation in Open WebUI: ${link}` : 'This conversation is not in Open WebUI yet.',
      ];
    },
    chatLink(conversation) {
      return conversation.chatId === null ? null : `${rooms.webAddress}/c/${encodeURIComponent(conversation.chatId)}`;
    },
    isAdmin: (person: Person) => rooms.access.isAdmin(person),
  };
}

const BY = { thread: 'this conversation', channel: 'this channel', me: 'you' } as const;

async function serverFact(rooms: DeskRooms): Promise<string> {
  try {
    const known = await version(rooms.server);
    return rooms.notice ?? `Open WebUI ${known.version} answers.`;
  } catch (error) {
    return problemOf(error).say;
  }
}
