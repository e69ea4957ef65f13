/**
 * What covers each method of the documents this project started from: a command people type, a function of the client, or nothing yet.
 * `docs/coverage.md` is made of it by `npm run generate`; a test holds it against the commands and the client.
 */

/** One method. `by`: `/command sub` or `file.ts name` below `src/openwebui`; empty is "not yet". */
export interface Row {
  readonly method: string;
  readonly by: readonly string[];
  readonly note?: string;
}

/** The methods of one document. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const row = (method: string, by: string | readonly string[] = [], note?: string): Row => ({
  method,
  by: typeof by === 'string' ? [by] : by,
  ...(note !== undefined && { note }),
});

const tasks = (name: string) => `tasks.ts ${name}`;
const prompts = (name: string) => `prompts.ts ${name}`;
const chats = (name: string) => `chats.ts ${name}`;
const nextcloud = (name: string) => `../nextcloud/${name}`;
const COMPOSED = 'finds the id by the command, then works by id';
const ALWAYS = 'part of every answer, not a command of its own';

export const coverage: readonly Section[] = [
  {
    title: 'owui_client: tasks',
    rows: [
      row('get_config', tasks('taskConfig')),
      row('update_config'),
      row('generate_title', tasks('titleFor'), ALWAYS),
      row('generate_follow_ups', tasks('followUpsFor'), ALWAYS),
      row('generate_tags', tasks('tagsFor')),
      row('generate_image_prompt', tasks('imagePromptFor')),
      row('generate_queries', tasks('queriesFor')),
      row('generate_autocompletion', tasks('autocomplete')),
      row('generate_emoji', tasks('emojiFor'), ALWAYS),
      row('generate_moa_response', tasks('combine')),
      row('list_tasks', [], 'for admins of the server only'),
      row('stop_task', '/stop', 'stops the answer of a conversation; by task id only admins of the server may'),
      row('list_tasks_by_chat', tasks('backgroundTasks')),
    ],
  },
  {
    title: 'owui_client: prompts',
    rows: [
      row('get_prompts', ['/prompts list', prompts('listPrompts')]),
      row('get_prompt_tags', ['/prompts tags', prompts('promptTags')]),
      row('get_prompt_list', ['/prompts list', '/prompts search', prompts('pagePrompts')]),
      row('create_new_prompt', ['/prompts create', prompts('createPrompt')]),
      row('get_prompt_by_command', '/prompts show', COMPOSED),
      row('get_prompt_by_id', ['/prompts show', prompts('readPrompt')]),
      row('update_prompt_by_command', '/prompts edit', COMPOSED),
      row('update_prompt_by_id', ['/prompts edit', prompts('updatePrompt')]),
      row('update_prompt_metadata', ['/prompts meta', prompts('changePromptMeta')]),
      row('set_prompt_version', ['/prompts version', prompts('setPromptVersion')]),
      row('update_prompt_access', ['/prompts share', prompts('sharePrompt')]),
      row('delete_prompt_by_command', '/prompts delete', COMPOSED),
      row('delete_prompt_by_id', ['/prompts delete', prompts('deletePrompt')]),
      row('toggle_prompt_active', ['/prompts toggle', prompts('togglePrompt')]),
      row('get_prompt_history', ['/prompts history', prompts('promptHistory')]),
      row('get_prompt_history_entry', ['/prompts entry', prompts('promptVersion')]),
      row('delete_prompt_history_entry', ['/prompts delete-entry', prompts('deletePromptVersion')]),
      row('get_prompt_diff', '/prompts diff', 'computed here: the server’s own cannot be reached before 0.12'),
    ],
  },
  {
    title: 'owui_client: models',
    rows: [
      row('get_models', ['/model', 'models.ts listModels']),
      row('get_base_model_tags'),
      row('get_base_models'),
      row('get_base_models_direct'),
      row('get_model_tags'),
      row('create_new_model'),
      row('export_models'),
      row('import_models'),
      row('sync_models'),
      row('get_model_by_id'),
      row('get_model_profile_image'),
      row('toggle_model_by_id'),
      row('update_model_by_id'),
      row('delete_model_by_id'),
      row('delete_all_models'),
      row('update_model_access'),
      row('unload_model'),
    ],
  },
  {
    title: 'openwebui-chat-client',
    rows: [
      row(
        'chat',
        ['/ask', 'completions.ts ask', 'tools.ts listTools', 'knowledge.ts listKnowledge', 'folders.ts folderNamed'],
        'folder, collections and tools by their names',
      ),
      row('stream_chat', ['/ask', 'completions.ts ask'], 'every answer streams'),
      row('parallel_chat'),
      row('continuous_chat'),
      row('continuous_parallel_chat'),
      row('continuous_stream_chat'),
      row('deep_research'),
      row('process_task'),
      row('stream_process_task'),
      row('rename_chat', ['/title', chats('renameChat')]),
      row('set_chat_tags', 'chat-tags.ts setTags'),
      row('update_chat_metadata', ['/title', 'chat-tags.ts setTags', chats('moveChat')], 'only the title by command'),
      row('switch_chat_model', '/model'),
      row('list_chats', chats('listChats')),
      row('get_chats_by_folder'),
      row('archive_chat', chats('archiveChat')),
      row('archive_chats_by_age'),
      row('delete_all_chats'),
      row('create_folder', ['/ask', 'folders.ts folderNamed'], 'made when a question names it'),
      row('get_folder_id_by_name', ['/ask', 'folders.ts folderNamed']),
      row('move_chat_to_folder', ['/ask', chats('moveChat')], 'the chat of the question'),
      row('list_models', ['/model', 'models.ts listModels']),
      row('list_base_models'),
      row('list_custom_models'),
      row('list_groups', ['/prompts share', 'principals.ts listGroups']),
      row('get_model'),
      row('create_model'),
      row('update_model'),
      row('delete_model'),
      row('batch_update_model_permissions'),
      row('get_knowledge_base_by_name', ['/ask', 'knowledge.ts listKnowledge']),
      row('create_knowledge_base'),
      row('add_file_to_knowledge_base'),
      row('delete_knowledge_base'),
      row('delete_all_knowledge_bases'),
      row('delete_knowledge_bases_by_keyword'),
      row('create_knowledge_bases_with_files'),
      row('get_notes'),
      row('get_notes_list'),
      row('create_note'),
      row('get_note_by_id'),
      row('update_note_by_id'),
      row('delete_note_by_id'),
      row('get_prompts', ['/prompts list', prompts('listPrompts')]),
      row('get_prompts_list', ['/prompts list', prompts('pagePrompts')]),
      row('create_prompt', ['/prompts create', prompts('createPrompt')]),
      row('get_prompt_by_command', '/prompts show', COMPOSED),
      row('update_prompt_by_command', '/prompts edit', COMPOSED),
      row(
        'replace_prompt_by_command',
        ['/prompts edit', '/prompts meta'],
        'the command can be changed without making it anew',
      ),
      row('delete_prompt_by_command', '/prompts delete', COMPOSED),
      row('search_prompts', ['/prompts search', prompts('pagePrompts')]),
      row('extract_variables', ['/prompts show', '../prompts/grammar.ts variablesOf']),
      row('substitute_variables', ['/prompt', '../prompts/expand.ts fillTemplate']),
      row('get_system_variables', '../prompts/system-variables.ts systemVariables'),
      row('batch_create_prompts', '/prompts import', 'a line for each entry; goes on when one fails'),
      row('batch_delete_prompts', '/prompts delete-many', 'a line for each; goes on when one fails'),
      row('get_users', ['/prompts share', 'principals.ts findPeople'], 'by name or e-mail address'),
      row('get_user_by_id'),
      row('update_user_role'),
      row('delete_user'),
    ],
  },
  {
    title: 'Nextcloud: TextProcessing and TaskProcessing',
    rows: [
      row('get available task types', ['/nextcloud types', nextcloud('task-types.ts taskTypes')]),
      row(
        'schedule a task',
        ['/nextcloud run', nextcloud('tasks.ts schedule')],
        'and a short command for each usual kind',
      ),
      row('fetch a task by id', ['/nextcloud status', nextcloud('tasks.ts task')]),
      row(
        'the same in TaskProcessing',
        ['/nextcloud list', '/nextcloud cancel', '/nextcloud delete', nextcloud('api.ts apiOf')],
        'whichever of the two the server has, with the same commands; files go in and come out, too',
      ),
    ],
  },
];

/** The document. */
export function coverageDocument(): string {
  const all = coverage.flatMap((section) => section.rows);
  const covered = all.filter((one) => one.by.length > 0).length;
  return [
    '# What is covered',
    '',
    'Parley grew from four descriptions of what people do with Open WebUI and Nextcloud. Each of their methods stands here, with',
    'the command that does the same from chat, or the function of the client that does; or "not yet".',
    '',
    'This page is made by `npm run generate`; a test holds it against the commands and the client.',
    '',
    `${covered} of ${all.length} are covered.`,
    ...coverage.flatMap(({ title, rows }) => ['', `## ${title}`, '', ...tableOf(rows)]),
    '',
  ].join('\n');
}

function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.map(({ method, by, note }) => {
    const written = by.length === 0 ? 'not yet' : by.map((one) => `\`${shown(one)}\``).join(', ');
    return `| \`${method}\` | ${written} | ${note ?? ''} |`;
  });
  return ['| method | covered by | note |', '| --- | --- | --- |', ...cells];
}

/** `/command` as it is; a function as `name (file)`. */
function shown(by: string): string {
  if (by.startsWith('/')) return by;
  const [file = '', name = ''] = by.split(' ');
  return `${name} (${file.startsWith('../') ? `src/${file.slice(3)}` : `src/openwebui/${file}`})`;
}
