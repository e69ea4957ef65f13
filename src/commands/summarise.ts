import type { Command } from './registry.ts';

/** `/summarise`: what was written in this conversation, in short. As a shortcut it works on the thread of the message. */
export const summarise: Command = {
  name: 'summarise',
  summary: 'Summarise what was written here',
  options: [],
  subcommands: [],
  private: false,
  shortcut: 'Summarise thread',
  who: 'everyone',
  async run(call, desk) {
    // Of the thread on the message, else where it was wished for: a conversation that this very message begins holds nothing else yet.
    const written = await desk.transcript(call.target?.thread ?? call.place);
    if (written === '') {
      return { do: 'say', body: { markdown: 'Nothing has been written here that I can read.', controls: null } };
    }
    const wish =
      'Summarise this conversation.\n\nSay first what it is about in one sentence, then what was decided, then what is still open and who has to do what. Leave out a part that has nothing in it.';
    return {
      do: 'ask',
      text: `${wish}\n\n${written}`,
      model: null,
      announce: `${call.author.name} asked for a summary of this conversation.`,
    };
  },
};
