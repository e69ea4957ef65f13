import { typeFor } from '../nextcloud/short-forms.ts';
import type { TaskType } from '../nextcloud/task-types.ts';
import { command, say } from './command.ts';
import { NO_TYPES, SHORT_FORMS, withNextcloud } from './nextcloud-pick.ts';

/** Types that are shown at once. */
const SHOWN = 40;

/** `/nextcloud types`: what this Nextcloud can do. */
export const types = command({
  name: 'types',
  summary: 'What this Nextcloud can do',
  run: (call, desk) =>
    withNextcloud(desk, async (nextcloud) => {
      const all = await nextcloud.freshTypes(call.author);
      if (all.length === 0) return say(NO_TYPES);
      const lines = all.slice(0, SHOWN).map((type) => lineOf(type, all));
      if (all.length > SHOWN) lines.push(`- and ${all.length - SHOWN} more`);
      const head = nextcloud.notice === null ? [] : [`> ${nextcloud.notice}`, ''];
      return say([...head, 'Run one with `/nextcloud run <type>`, or by its short name.', '', ...lines].join('\n'));
    }),
});

function lineOf({ id, name, description }: TaskType, all: readonly TaskType[]): string {
  const short = SHORT_FORMS.find((form) => typeFor(form, all) === id);
  const about = description.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return `- **${name.replaceAll('*', '')}** ${short ? `\`/nextcloud ${short}\`` : `\`${id}\``}${about ? ` ${about}` : ''}`;
}
