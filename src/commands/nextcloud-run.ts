import { given, option, say } from './command.ts';
import { order, sentIn, shortly } from './nextcloud-order.ts';
import { findType, taskCommand, usual, withNextcloud } from './nextcloud-pick.ts';

/** `/nextcloud run`: any kind of task that the server has, with a form made of what it takes. */
export const run = taskCommand({
  name: 'run',
  summary: 'Have any kind of task done',
  options: [
    option('type', 'word', 'Which kind of task', { required: true, suggested: true }),
    usual.on,
    usual.file,
    usual.private,
    usual.text,
  ],
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      if (call.filled) return sentIn(call, nextcloud, call.filled);
      const typed = given(call, 'type') ?? '';
      const known = findType(await nextcloud.types(call.author), typed);
      const type = typeof known === 'string' ? findType(await nextcloud.freshTypes(call.author), typed) : known;
      if (typeof type === 'string') return say(type);
      const text = given(call, 'text') ?? '';
      const name = type.name.toLowerCase();
      return order(call, desk, nextcloud, { type, name, about: shortly(text), given: new Map(), text, goOn: false });
    }),
});
