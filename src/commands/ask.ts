import type { Command } from './registry.ts';

/** `/ask`: a question, where a mention is not at hand or another model is wanted. Without text it opens a form. */
export const ask: Command = {
  name: 'ask',
  summary: 'Ask a question',
  options: [
    {
      name: 'text',
      summary: 'What you want to know',
      type: 'rest',
      required: true,
      choices: [],
      suggested: false,
    },
    {
      name: 'model',
      summary: 'Which model answers; leave it out for the usual one',
      type: 'word',
      required: false,
      choices: [],
      suggested: true,
    },
  ],
  subcommands: [],
  private: false,
  shortcut: 'Ask about this',
  who: 'everyone',
  async run(call, desk) {
    const typed = textOf(call.options.get('text'));
    const target = call.target;
    const text = target ? `${typed || 'What does this mean?'}\n\n${quoted(target.author.name, target.text)}` : typed;
    const wanted = textOf(call.options.get('model'));
    if (!wanted) return { do: 'ask', text, model: null, announce: announce(call.author.name, typed) };
    const models = await desk.models(call.author);
    const model = models.find((one) => one.id === wanted || one.name.toLowerCase() === wanted.toLowerCase());
    if (!model) {
      return {
        do: 'say',
        body: { markdown: `There is no model called “${wanted}”. \`/model\` shows which there are.`, controls: null },
      };
    }
    return { do: 'ask', text, model: model.id, announce: announce(call.author.name, typed) };
  },
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function announce(name: string, text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line
    ? `${name} asked: ${line.length > 150 ? `${line.slice(0, 149)}…` : line}`
    : `${name} asked about a message`;
}

function quoted(name: string, text: string): string {
  return [`${name} wrote:`, ...text.split('\n')].map((line) => `> ${line}`).join('\n');
}
