import { command, given, option, say } from './command.ts';
import type { TaskLine } from './nextcloud-desk.ts';
import { numberOf, withNextcloud } from './nextcloud-pick.ts';
import type { Next, Outcome } from './registry.ts';

/** Tasks that are shown at once. */
const SHOWN = 15;
const NONE = 'You have no tasks yet. `/nextcloud types` shows what this Nextcloud can do.';
const NO_NUMBER = 'A task is named by its number, as `/nextcloud list` shows it.';

/** `/nextcloud status`: where a task stands; the newest when none is named. */
export const status = command({
  name: 'status',
  summary: 'Where a task of yours stands',
  options: [option('id', 'word', 'Its number; the newest when left out')],
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const number = numberOf(call, 'id');
      if (Number.isNaN(number)) return say(NO_NUMBER);
      const line = await nextcloud.task(call.author, number);
      if (!line) return say(number === null ? NONE : unknown(number));
      return {
        do: 'say',
        body: { markdown: words(line, desk.now()), controls: null },
        next: line.over ? [] : [cancelButton(line)],
      };
    }),
});

/** `/nextcloud list`: one's own tasks. */
export const list = command({
  name: 'list',
  summary: 'Your newest tasks',
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const lines = await nextcloud.tasks(call.author);
      if (lines.length === 0) return say(NONE);
      const shown = lines.slice(0, SHOWN).map((line) => `- ${words(line, desk.now())}`);
      if (lines.length > SHOWN) shown.push(`- and ${lines.length - SHOWN} older ones`);
      return say(shown.join('\n'));
    }),
});

/** `/nextcloud cancel`: calls a task off; the newest that is under way when none is named. */
export const cancel = command({
  name: 'cancel',
  summary: 'Call a task of yours off',
  options: [option('id', 'word', 'Its number; the newest under way when left out')],
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const number = numberOf(call, 'id');
      if (Number.isNaN(number)) return say(NO_NUMBER);
      const done = await nextcloud.cancel(call.author, number);
      return say(done.done ? 'I am calling it off.' : done.why);
    }),
});

/** `/nextcloud delete`: deletes a task in Nextcloud, with what went in and what came out. Asked twice. */
export const remove = command({
  name: 'delete',
  summary: 'Delete a task of yours in Nextcloud',
  options: [option('id', 'word', 'Its number', { required: true })],
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud): Promise<Outcome> => {
      const number = numberOf(call, 'id');
      if (number === null || Number.isNaN(number)) return say(NO_NUMBER);
      if (given(call, 'sure') === 'yes') {
        const done = await nextcloud.remove(call.author, number);
        return say(done.done ? `Task ${number} is deleted in Nextcloud. What I showed here stays.` : done.why);
      }
      const line = await nextcloud.task(call.author, number);
      if (!line) return say(unknown(number));
      const markdown = `Delete task ${number} (${line.name}) in Nextcloud, with its text and its result? What I showed here stays.`;
      const options = { id: String(number), sure: 'yes' };
      return {
        do: 'say',
        body: { markdown, controls: null },
        next: [{ label: 'Delete it', style: 'danger', command: 'nextcloud delete', options }],
      };
    }),
});

function words({ number, name, where, at }: TaskLine, now: number): string {
  const when = at === null ? '' : ` · ${ago(now - at)}`;
  return `**${number ?? '–'}** ${name}: ${where}${when}`;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 90) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

function cancelButton({ number }: TaskLine): Next {
  const options = number === null ? {} : { id: String(number) };
  return { label: 'Cancel', style: 'danger', command: 'nextcloud cancel', options };
}

function unknown(number: number): string {
  return `You have no task ${number}. \`/nextcloud list\` shows yours.`;
}
