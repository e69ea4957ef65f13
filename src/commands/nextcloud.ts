import { connect, disconnect } from './nextcloud-account.ts';
import { run } from './nextcloud-run.ts';
import { ask, headline, image, proofread, summarize, topics, transcribe } from './nextcloud-short.ts';
import { cancel, list, remove, status } from './nextcloud-tasks.ts';
import { translate } from './nextcloud-translate.ts';
import { types } from './nextcloud-types.ts';
import type { Command } from './registry.ts';

/** `/nextcloud`: the AI tasks of your own Nextcloud. Alone it shows what there is. */
export const nextcloud: Command = {
  name: 'nextcloud',
  summary: 'Summaries, translations, transcripts and more from your Nextcloud',
  options: [],
  subcommands: [
    summarize,
    translate,
    transcribe,
    image,
    ask,
    headline,
    topics,
    proofread,
    run,
    types,
    list,
    status,
    cancel,
    remove,
    connect,
    disconnect,
  ],
  private: true,
  shortcut: null,
  who: 'everyone',
  run: (call, desk) => types.run(call, desk),
};
