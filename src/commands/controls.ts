import { command } from './command.ts';
import type { Done } from './desk.ts';

/** `/stop`: ends the answer being written here; what is there stays. */
export const stop = command({
  name: 'stop',
  summary: 'Stop the answer being written here',
  async run(call, desk) {
    return said(await desk.stop(call.author, call.conversation), 'Stopped. What was written stays.');
  },
});

/** `/retry`: asks the last question here again. */
export const retry = command({
  name: 'retry',
  summary: 'Answer the last question here again',
  async run(call, desk) {
    return said(await desk.again(call.author, call.conversation), 'I am answering the last question again.');
  },
});

/** `/new`: the next message in this place begins a new chat. */
export const startAnew = command({
  name: 'new',
  summary: 'Begin a new conversation here',
  async run(call, desk) {
    return said(await desk.startAnew(call.conversation), 'Your next message here begins a new conversation.');
  },
});

/** UTF-16 units of a title that a person gives: the least that a platform takes. */
const LONGEST_TITLE = 100;

/** Where a new title is seen. */
const SEEN = {
  now: '',
  later: '. It may take ten minutes until you see it here, since names can be changed only now and then',
  never: ' in Open WebUI. I could not change the name that you see here',
} as const;

/** `/title`: names the conversation; a person's title is never replaced by the model's. */
export const title = command({
  name: 'title',
  summary: 'Name this conversation',
  options: [{ name: 'text', summary: 'The new title', type: 'rest', required: true, choices: [], suggested: false }],
  async run(call, desk) {
    const text = call.options.get('text');
    const named = typeof text === 'string' ? text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() : '';
    if (named.length > LONGEST_TITLE)
      return said(
        { done: false, why: `A title has at most ${LONGEST_TITLE} characters; that one has ${named.length}.` },
        '',
      );
    const renamed = await desk.rename(call.author, call.conversation, named);
    const where = renamed.done ? SEEN[renamed.shown] : '';
    return said(renamed, `This conversation is now called “${named}”${where}.`);
  },
});

/** `/status`: how things are, in a few lines. */
export const status = command({
  name: 'status',
  summary: 'How things are: server, model, this conversation',
  async run(call, desk) {
    const facts = await desk.facts(call.author, call.conversation);
    return { do: 'say', body: { markdown: facts.map((fact) => `- ${fact}`).join('\n'), controls: null } };
  },
});

function said(done: Done, words: string) {
  return { do: 'say', body: { markdown: done.done ? words : done.why, controls: null } } as const;
}
