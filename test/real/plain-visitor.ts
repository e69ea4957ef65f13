import type { Host } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form, FormValue } from '../../src/chat/forms.ts';
import type { FileRef, Person } from '../../src/chat/messages.ts';
import { messageKey, type Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import { person } from '../person.ts';
import { createPlain } from '../servers/plain.ts';
import { type House, type Lodger, type Lodging, moveIn } from './house.ts';

/** What somebody may do. */
export interface Acts {
  ask(text: string, files?: readonly FileRef[]): Promise<unknown>;
  command(name: string, text: string): ReturnType<Host['accept']>;
  /** Sends a form in, its fields by their labels. */
  send(form: Form, typed: Readonly<Record<string, FormValue>>): ReturnType<Host['accept']>;
  press(label: string): ReturnType<Host['accept']>;
}

/** Ann, who speaks with Parley on the plain platform, Parley being on a real Open WebUI. */
export interface PlainVisitor extends Lodger, Acts {
  readonly plain: ReturnType<typeof createPlain>;
  /** Somebody else in the same conversation. */
  as(name: string): Acts;
}

export interface VisitOptions extends Lodging {
  readonly plain?: ReturnType<typeof createPlain>;
  /** Where they speak; in a direct conversation of their own when not given. */
  readonly place?: Place;
  /** Bytes of files by name, which people may attach. */
  readonly posted?: Readonly<Record<string, { readonly type: string; readonly bytes: Buffer }>>;
}

let conversations = 0;

/** Moves in with a conversation of one's own. */
export async function visitPlain(house: Pick<House, 'real'>, options: VisitOptions): Promise<PlainVisitor> {
  const plain = options.plain ?? createPlain({ clock: systemClock });
  const place: Place = options.place ?? {
    platform: 'plain',
    team: 'T1',
    channel: options.plain ? `D${conversations}` : `D${++conversations}`,
    thread: null,
    kind: 'direct',
  };
  const hosts: Host[] = [];
  const lodger = await moveIn(
    house,
    () => [
      {
        adapter: {
          ...plain.adapter,
          async start(given) {
            hosts.push(given);
            given.state('connected', '');
          },
          async download(file, most) {
            const found = options.posted?.[file.name];
            return found ? { name: file.name, ...found } : plain.adapter.download(file, most);
          },
        },
        mode: 'thread',
      },
    ],
    options,
  );
  const [host] = hosts;
  if (!host) throw new Error('the adapter was not started');
  let serial = 0;
  const addressed = place.kind === 'direct' ? 'direct' : 'mention';

  function trigger(author: Person): Trigger {
    serial += 1;
    const id = `trigger-${conversations}-${serial}`;
    const expiresAt = Date.now() + 900_000;
    return {
      platform: 'plain',
      id,
      place,
      user: author.ref,
      token: new Secret(`token-of-${id}`),
      expiresAt,
      private: false,
    };
  }

  const acts = (author: Person): Acts => ({
    ask(text, files = []) {
      serial += 1;
      const ref = { place, id: `Q${conversations}-${serial}` };
      const message = { ref, author, text, files, at: Date.now(), ours: false };
      const key = messageKey(ref);
      return host.accept({ type: 'message', key, message, addressed, conversation: place, replyTo: null });
    },
    command(name, text) {
      const made = trigger(author);
      const event = { key: made.id, trigger: made, author, place, name, text, options: {}, files: [], target: null };
      return host.accept({ type: 'command', ...event });
    },
    send(form, typed) {
      const made = trigger(author);
      const values = new Map(
        form.fields.flatMap((field): [string, FormValue][] => {
          const value = Object.hasOwn(typed, field.label) ? typed[field.label] : field.initial;
          return value === null || value === undefined ? [] : [[field.name, value]];
        }),
      );
      return host.accept({ type: 'form', key: made.id, trigger: made, author, place, form: form.id, values });
    },
    press(label) {
      const message = plain.messages.findLast(
        (one) => !one.deleted && one.controls?.buttons.some((button) => button.label === label),
      );
      const button = message?.controls?.buttons.find((one) => one.label === label);
      if (!message || !button) throw new Error(`there is no button ${label}`);
      const made = trigger(author);
      const on = { place, id: message.id };
      return host.accept({
        type: 'button',
        key: made.id,
        trigger: made,
        author,
        place,
        control: button.id,
        value: null,
        on,
      });
    },
  });

  return { ...lodger, plain, ...acts(person('Ann')), as: (name) => acts(person(name)) };
}
