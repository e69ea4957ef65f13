import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { CommandEvent } from '../../src/chat/events.ts';
import { context, fallback } from './blocks.ts';
import { inTime } from './defer.ts';
import type { View } from './forms.ts';
import { type Ack, answerOf, type Office, say } from './office.ts';
import { formViewFor, openOrOffer, openView } from './open-form.ts';
import { SHORTCUT } from './parse.ts';
import { renderBody } from './render.ts';
import { respond } from './response.ts';
import { loadingView, sayingView } from './views.ts';
import { messageShortcut, slashCommand } from './wire.ts';

/** What stands there while a private answer is being written. */
const WORKING = [context('Working on it…')];

/** A slash command: acknowledged within three seconds with what can be said by then, the rest through its `response_url`. */
export async function takeCommand(office: Office, body: unknown, ack: Ack): Promise<void> {
  const wire = slashCommand.parse(body);
  const name = wire.command.slice(1);
  const isPrivate = office.host.isPrivate(name, wire.text);
  const typed = `${wire.command} ${wire.text}`.trim();
  const parse = () => office.parser.command(wire, isPrivate);
  const guard = () => (isPrivate ? null : cannotWrite(office, wire.channel_id, typed));
  await take(office, parse, guard, ack, {
    url: wire.response_url,
    command: wire.command,
    isPrivate,
    form: expectsForm(office.commands(), name, wire.text, office.commandPrefix),
    speaks: true,
  });
}

/** A shortcut used on a message. Its acknowledgement can carry nothing, so that all is said through the `response_url`. */
export async function takeShortcut(office: Office, body: unknown, ack: Ack): Promise<void> {
  const wire = messageShortcut.parse(body);
  const name = wire.callback_id.startsWith(SHORTCUT) ? wire.callback_id.slice(SHORTCUT.length) : null;
  const isPrivate = name === null || office.host.isPrivate(name, '');
  const parse = () => office.parser.shortcut(wire, name ?? 'help', isPrivate);
  const guard = () => {
    if (name === null) return say('I do not know that shortcut. My manifest may be out of date.');
    return isPrivate ? null : cannotWrite(office, wire.channel.id, null);
  };
  await take(office, parse, guard, ack, {
    url: wire.response_url,
    command: name ?? '',
    isPrivate,
    form: false,
    speaks: false,
  });
}

interface Way {
  readonly url: string;
  readonly command: string;
  readonly isPrivate: boolean;
  /** A form is the likely answer: it gets a modal in time, whatever the rest takes. */
  readonly form: boolean;
  /** The acknowledgement may carry words. */
  readonly speaks: boolean;
}

async function take(
  office: Office,
  parse: () => Promise<CommandEvent>,
  guard: () => Promise<Answer | null> | Answer | null,
  ack: Ack,
  way: Way,
): Promise<void> {
  let event: CommandEvent | null = null;
  const work = answerOf(office, async () => {
    event = await parse();
    return (await guard()) ?? office.host.accept(event);
  });
  const answer = await inTime(office.clock, work);
  if (answer !== null) {
    const words = way.speaks ? acknowledgement(answer) : undefined;
    await ack(words);
    if (words === undefined) await carryOut(office, answer, event, way, null, false);
    return;
  }
  const waiting = way.speaks && way.isPrivate && !way.form;
  await ack(waiting ? { response_type: 'ephemeral', text: fallback(WORKING), blocks: WORKING } : undefined);
  // The event is known by now unless Slack itself is slow; without it there is nothing to open a modal with.
  const view = way.form && event !== null ? await loading(office, event, way) : null;
  office.background(
    'a late answer to a command',
    work.then((late) => carryOut(office, late, event, way, view, waiting)),
  );
}

async function loading(office: Office, event: CommandEvent, way: Way): Promise<string | null> {
  try {
    return await openView(office, event.trigger, loadingView(way.command));
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** What the acknowledgement itself can say; undefined when the answer needs more than that. */
function acknowledgement(answer: Answer): object | undefined {
  if (answer.do === 'say') {
    const blocks = renderBody(answer.body, 'sections');
    return { response_type: answer.private ? 'ephemeral' : 'in_channel', text: fallback(blocks), blocks };
  }
  if (answer.do === 'work' && answer.private)
    return { response_type: 'ephemeral', text: fallback(WORKING), blocks: WORKING };
  return undefined;
}

async function carryOut(
  office: Office,
  answer: Answer,
  event: CommandEvent | null,
  way: Way,
  view: string | null,
  replace: boolean,
): Promise<void> {
  const show = (shown: View) => office.api.call('views.update', { view_id: view, view: shown }, z.looseObject({}));
  switch (answer.do) {
    case 'form':
      if (!event) return;
      if (view === null) return openOrOffer(office, event.trigger, answer.form);
      office.forms.set(answer.form.id, { form: answer.form, trigger: event.trigger });
      await show(await formViewFor(office, event.trigger, answer.form));
      return;
    case 'say':
      if (view !== null)
        await show(sayingView(way.command, answer.private ? answer.body : { markdown: 'Done.', controls: null }));
      if (view === null || !answer.private) {
        const blocks = renderBody(answer.body, 'sections');
        const thread = event?.place.thread ?? null;
        await respond(way.url, office.api.base, { blocks, private: answer.private, replace, thread });
      }
      return;
    case 'work':
      if (view !== null)
        await show(sayingView(way.command, { markdown: 'I am on it. You can close this.', controls: null }));
      else if (answer.private && !replace && !way.speaks)
        await respond(way.url, office.api.base, {
          blocks: WORKING,
          private: true,
          thread: event?.place.thread ?? null,
        });
      return;
    case 'none':
    case 'errors':
      if (view !== null) await show(sayingView(way.command, { markdown: 'Done. You can close this.', controls: null }));
  }
}

/** Words for somebody who asks where the bot cannot write; what they typed is kept for them. Null where it can. */
async function cannotWrite(office: Office, channel: string, typed: string | null): Promise<Answer | null> {
  const found = await office.channels.look(channel).catch((error: unknown) => {
    // Whether it can write there shows when it does.
    if (error instanceof Failure) return { member: true };
    throw error;
  });
  if (found?.member) return null;
  const kept = typed === null ? '' : `\n\nYou wrote:\n\n\`\`\`\n${typed.replaceAll('```', "'''")}\n\`\`\``;
  if (!found && channel.startsWith('D'))
    return say(`I cannot write in a conversation of others. Write to me directly and ask there.${kept}`);
  return say(
    `I am not in this channel, so I cannot answer here. Invite me with \`/invite @${office.botName}\`, then send it again.${kept}`,
  );
}

/** Whether a command typed like this will most likely ask for more with a form: it lacks what it requires. */
function expectsForm(commands: readonly CommandSpec[], name: string, text: string, prefix = ''): boolean {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const path = name === `${prefix}parley` ? words : [name, ...words];
  const first = path[0]?.replace(/^\//, '').toLowerCase() ?? '';
  const command = commands.find((one) => one.name === first || one.name === `${prefix}${first}`);
  const sub = command?.subcommands.find((one) => one.name === path[1]?.toLowerCase());
  const left = path.slice(sub ? 2 : 1);
  return left.length === 0 && (sub ?? command)?.options.some((option) => option.required) === true;
}
