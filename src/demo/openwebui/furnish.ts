import { since } from './profile.ts';
import { versionOf } from './promptrows.ts';
import type { Prompt, User } from './records.ts';
import { newId, people, seconds, type World } from './world.ts';

/** Prompts to try Parley's forms with: one of nearly every kind of field. */
const prompts = [
  {
    command: 'summarise',
    name: 'Summarise a text',
    tags: ['writing'],
    content:
      'Summarise the following text as {{form | select:options=["one sentence","a short paragraph","a list of points"]:default="a short paragraph":required}} for {{reader | text:placeholder="my team":default="my team"}}:\n\n{{text | textarea:placeholder="Paste the text here":required}}',
  },
  {
    command: 'translate',
    name: 'Translate',
    tags: ['writing'],
    content:
      'Translate into {{language | select:options=["English","German","French","Spanish"]:required}}. Use the polite form: {{polite | checkbox:label="Polite form"}}.\n\n{{text | textarea:required}}',
  },
  {
    command: 'meeting-notes',
    name: 'Notes of a meeting',
    tags: ['work'],
    content:
      'Write a list of decisions and next steps from the meeting on {{day | date:default="{{CURRENT_DATE}}"}} about {{topic | text:required}}.\n\nWritten by {{USER_NAME}} on {{CURRENT_WEEKDAY}}.\n\n{{notes | textarea:required}}',
  },
  {
    command: 'ideas',
    name: 'Collect ideas',
    tags: ['work'],
    content: 'Give me a list of {{count | number:min=3:max=20:default="7"}} ideas for {{topic}}.',
  },
] as const;

/** Puts a few prompts, and a collection of knowledge, into a new server, so that there is something to try. */
export function furnish(world: World): void {
  const owner: User | null = world.users.get(people.user.id);
  if (owner === null) return;
  const now = seconds(world);
  for (const { command, name, content, tags } of prompts) {
    const id = newId();
    const form = { command, name, content, tags: [...tags] };
    const bare: Prompt = {
      ...form,
      command: since(world.profile, '0.8') ? command : `/${command}`,
      id,
      user_id: owner.id,
      data: {},
      meta: {},
      is_active: true,
      version_id: null,
      created_at: now,
      updated_at: now,
      access_grants: [everybody('prompt', id, now)],
      history: [],
    };
    const first = versionOf(world, owner, bare, form, 'Initial version');
    world.prompts.put({ ...bare, history: [first], version_id: first.id });
  }
  const file = newId();
  const text = 'Questions are asked in the thread. Every answer can be asked again. What is decided is written down.';
  world.files.put({
    id: file,
    user_id: owner.id,
    hash: null,
    filename: 'house-rules.txt',
    data: { status: 'completed', content: text },
    meta: { name: 'house-rules.txt', content_type: 'text/plain', size: Buffer.byteLength(text), data: {} },
    created_at: now,
    updated_at: now,
  });
  world.bytes.put(file, Buffer.from(text));
  const collection = newId();
  world.knowledge.put({
    id: collection,
    user_id: owner.id,
    name: 'House rules',
    description: 'How this imaginary team works together.',
    meta: null,
    access_grants: [everybody('knowledge', collection, now)],
    created_at: now,
    updated_at: now,
    file_ids: [file],
  });
}

function everybody(resource_type: string, resource_id: string, created_at: number) {
  return {
    id: newId(),
    resource_type,
    resource_id,
    principal_type: 'user',
    principal_id: '*',
    permission: 'read',
    created_at,
  };
}
