import { remove, removeMany } from './prompts-delete.ts';
import { exportMany, importMany } from './prompts-files.ts';
import { list, search, show, tags } from './prompts-find.ts';
import { deleteEntry, diff, entry, history, version } from './prompts-history.ts';
import { share } from './prompts-share.ts';
import { create, edit, meta, toggle } from './prompts-write.ts';
import type { Command } from './registry.ts';

/** `/prompts`: the prompts of Open WebUI, to be found, made and changed. Alone it lists them. */
export const prompts: Command = {
  name: 'prompts',
  summary: 'Find, make and change prompts',
  options: [],
  subcommands: [
    list,
    search,
    show,
    create,
    edit,
    meta,
    toggle,
    share,
    tags,
    history,
    entry,
    diff,
    version,
    deleteEntry,
    remove,
    removeMany,
    importMany,
    exportMany,
  ],
  private: true,
  shortcut: null,
  who: 'everyone',
  run: (call, desk) => list.run(call, desk),
};
