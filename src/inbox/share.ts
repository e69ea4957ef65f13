import type { Answer } from '../chat/adapter.ts';
import type { ButtonEvent } from '../chat/events.ts';
import { userKey } from '../chat/places.ts';
import type { View } from '../chat/view.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { decodeQuestion, type Question } from '../turn/question.ts';
import type { TurnState } from '../turn/state.ts';
import type { Access } from './access.ts';

/** UTF-16 units of the question that stand above a shared answer. */
const QUESTION_UNITS = 300;

/**
 * Posts a private answer for everybody where it was asked, in the name of its asker: by them alone, and once. `id` is the answer's
 * job. After a crash in the middle the button works again, and what stands already is not posted twice.
 */
export function createShare(rooms: {
  readonly store: Store;
  readonly vault: Vault;
  readonly access: Access;
  readonly delivery: Delivery;
}): (event: ButtonEvent, id: string) => Promise<Answer> {
  const { store, delivery } = rooms;
  const sharing = new Set<string>();

  return async (event, id) => {
    const job = await store.jobs.get(id);
    const state = job && savedTurn(job);
    if (!job || !state)
      return tell('That answer is too old for me to know it. Copy it, if you want others to read it.');
    const question = decodeQuestion(job.payload, rooms.vault);
    const { asker, place } = question;
    if (userKey(asker.ref) !== userKey(event.author.ref)) return tell(`Only ${asker.name}, who asked, can share that.`);
    const refusal = rooms.access.refusal(event.author, place);
    if (refusal !== null) return tell(refusal || 'That cannot be shared here.');
    if (!question.private || state.text.trim() === '') return tell('There is nothing here to share.');
    const name = `${id}:share`;
    const rows = await store.outbox.of(name);
    if (sharing.has(id) || (rows.length > 0 && rows.every((row) => row.state === 'done')))
      return tell('You have shared that already.');
    sharing.add(id);
    try {
      const reply = delivery.reply({
        lease: null,
        job: name,
        generation: 0,
        place,
        via: null,
        after: null,
        reuse: [],
        expiresAt: job.expiresAt,
      });
      const posted = await reply.finish(shared(question, state));
      return tell(
        posted.ok
          ? 'Shared with everybody who can read this place.'
          : `I could not post it here. ${posted.problem.say}`,
      );
    } finally {
      sharing.delete(id);
    }
  };
}

function shared({ asker, text }: Question, state: TurnState): View {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const asked = line.length > QUESTION_UNITS ? `${line.slice(0, QUESTION_UNITS - 1).toWellFormed()}…` : line;
  return {
    markdown: `> ${asker.name} shared: ${asked}\n\n${state.text}`,
    status: null,
    note: null,
    sources: state.sources,
    controls: null,
    final: true,
  };
}

function tell(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
