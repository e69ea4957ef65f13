import type { Host } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form, FormValue } from '../../src/chat/forms.ts';
import type { FileRef } from '../../src/chat/messages.ts';
import { messageKey, type Place } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Store } from '../../src/store/port.ts';
import { person } from '../person.ts';
import { createPlain } from '../servers/plain.ts';
import { type House, type Lodger, moveIn } from './house.ts';

/** Somebody who speaks with Parley on the plain platform, Parley being on a real Open WebUI. */
export interface PlainVisitor extends Lodger {
  readonly plain: ReturnType<typeof createPlain>;
  ask(text: string, files?: readonly FileRef[]): Promise<unknown>;
  command(name: string, text: string): ReturnType<Host['accept']>;
  /** Sends a form in, its fields by their labels. */
  send(form: Form, typed: Readonly<Record<string, FormValue>>): ReturnType<Host['accept']>;
  press(label: string): ReturnType<Host['accept']>;
}

export interface VisitOptions {
  readonly model: string;
  readonly store?: Store;
  readonly plain?: ReturnType<typeof createPlain>;
  /** Bytes of files by name, which people may attach. */
  readonly posted?: Readonly<Record<string, { readonly type: string; readonly bytes: Buffer }>>;
}

let conversations = 0;

/** Moves in with a conversation of one's own. */
export async function visitPlain(house: House, options: VisitOptions): Promise<PlainVisitor> {
  const plain = options.plain ?? createPlain({ clock: systemClock });
  const place: Place = {
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
  const author = person('Ann');

  function trigger(): Trigger {
    serial += 1;
    const id = `trigger-${conversations}-${serial}`;
    const expiresAt = Date.now() + 900_000;
    return { platform: 'plain', id, place, user: author.ref, token: new Secret(id), expiresAt, private: false };
  }

  return {
    ...lodger,
    plain,
    ask(text, files = []) {
      serial += 1;
      const ref = { place, id: `Q${conversations}-${serial}` };
      const message = { ref, author, text, files, at: Date.now(), ours: false };
      const key = messageKey(ref);
      return host.accept({ type: 'message', key, message, addressed: 'direct', conversation: place, replyTo: null });
    },
    command(name, text) {
      const made = trigger();
      const event = { key: made.id, trigger: made, author, place, name, text, options: {}, files: [], target: null };
      return host.accept({ type: 'command', ...event });
    },
    send(form, typed) {
      const made = trigger();
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
      const made = trigger();
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
  };
}
