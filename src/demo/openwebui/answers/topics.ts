import type { Ask, Step } from '../model.ts';
import { attachments } from './attachments.ts';
import { codeFor } from './code.ts';
import { paragraph } from './prose.ts';
import { bare, keywords, subjectOf } from './subject.ts';

/** What the stand-in is going to say. */
export interface Draft {
  readonly text: string;
  /** Said before the text, as a model that thinks aloud does. */
  readonly reasoning?: string;
  /** Frames sent before the first word. */
  readonly sources?: readonly unknown[];
  /** A step that ends the answer in the middle. */
  readonly failure?: Step;
}

interface Topic {
  readonly when: RegExp;
  readonly draft: (question: string, random: () => number) => Draft;
}

const honest = '_I am Parley’s demo stand-in, not a language model: I show how an answer looks, I do not know things._';

/** Chooses what to answer by words in the question; first fit wins. */
export function draftFor(ask: Ask, question: string, random: () => number): Draft {
  // Files of earlier questions come with every later one: only the first question, or one about files, is about them.
  const first = ask.messages.filter((message) => message.role === 'user').length <= 1;
  const received =
    first || /\b(?:files?|pictures?|images?|photos?|documents?|attach\w*)\b/i.test(question) ? attachments(ask) : null;
  if (received !== null) return { text: `${received}\n\n${honest}` };
  const topic = topics.find(({ when }) => when.test(question));
  if (topic !== undefined) return topic.draft(question, random);
  return { text: friendly(ask, question, random) };
}

/** What a thinking model says to itself first. */
export function thoughts(question: string, random: () => number): string {
  const words = keywords(question).slice(0, 4);
  return [
    `The question is: “${bare(question)}”.`,
    words.length > 0
      ? `The words that matter seem to be ${words.join(', ')}.`
      : 'It is short, so a short answer will do.',
    'I am a stand-in and cannot know the answer, so I should say so and still be of use.',
    paragraph(2, random),
  ].join('\n\n');
}

const topics: readonly Topic[] = [
  {
    // First of all: what stands in the conversation is no wish for a table or an error.
    when: /^summari[sz]e this conversation\b/i,
    draft: (question) => {
      const lines = question.split('\n').filter((line) => line.trim() !== '');
      return {
        text: `Here stands a summary of ${lines.length > 2 ? `the ${lines.length - 2} lines` : 'what'} that I was sent. A model would say what it is about, what was decided and who has to do what; I only know the last words: “${bare(lines.at(-1) ?? '', 80)}”.\n\n${honest}`,
      };
    },
  },
  {
    when: /\b(?:error|fail)\b/i,
    draft: (question) => ({
      text: `You asked about ${subjectOf(question)}. I will start to answer, and then break off in the middle, so that you can see what happens when a model fails. Here comes the`,
      failure: {
        frame: {
          error: {
            message: 'The stand-in was asked to fail, and did. Ask again without the word “error”.',
            code: 'demo_failure',
          },
        },
      },
    }),
  },
  {
    when: /\b(?:sources?|cite|citations?|references?)\b/i,
    draft: (question, random) => ({
      sources: sources(question),
      text: `Here is how sources look, with made-up documents about ${subjectOf(question)}.\n\nThe first note says that questions are answered in the thread [1]. The second adds that every answer can be asked again [2]. Both agree on one thing: ${paragraph(1, random)} [1][2]\n\n${honest}`,
    }),
  },
  {
    when: /\b(?:tables?|compare|comparison)\b/i,
    draft: (question) => ({
      text: `A table, for ${subjectOf(question)}:\n\n| Part | Good for | Keep in mind |\n| --- | --- | --- |\n| A thread | one topic in one place | everybody in the channel can read it |\n| A private message | things that concern only you | nobody else learns from it |\n| A slash command | tasks you repeat | \`/prompts list\` shows the saved ones |\n\n${honest}`,
    }),
  },
  {
    when: /\b(?:code|program|function|script|snippet)\b/i,
    draft: (question) => ({
      text: `Here is a small example. It counts words, whatever you asked for:\n\n${codeFor(question)}\n\nUse \`topWords(text, 10)\` for the ten most frequent ones.\n\n${honest}`,
    }),
  },
  { when: /\b(?:long|essay|story|report)\b/i, draft: long },
  {
    when: /\b(?:list|steps|checklist|ideas)\b/i,
    draft: (question) => ({
      text: `A list for ${subjectOf(question)}:\n\n1. **Start small.** Ask one thing at a time.\n2. **Give an example.**\n   - what you have\n   - what you want\n3. **Say who it is for.** The words will fit better.\n4. **Ask again.** Use the button under the answer for another try.\n\n- [x] question asked\n- [ ] answer checked\n\n${honest}`,
    }),
  },
  {
    when: /\b(?:image|picture|photo|draw)\b/i,
    draft: () => ({
      text: `Send a picture with your question and I will tell what arrived: its type and its size. I cannot see what is on it, and I cannot draw; a model with vision behind Open WebUI can.\n\n${honest}`,
    }),
  },
  {
    when: /\b(?:think|reason)\b/i,
    draft: (question, random) => ({
      reasoning: thoughts(question, random),
      text: `I took a moment to think about ${subjectOf(question)}, and you could see a status line meanwhile. ${paragraph(2, random)}\n\n${honest}`,
    }),
  },
];

function friendly(ask: Ask, question: string, random: () => number): string {
  const before = ask.messages.filter((message) => message.role === 'user').slice(0, -1);
  const earlier =
    before[0] === undefined
      ? ''
      : `\n\nThis is question ${before.length + 1} here. The first one was: “${bare(before[0].text, 80)}”.`;
  if (question.trim() === '') return `I received a message without words. Ask me anything.\n\n${honest}`;
  const greeting = /^\s*(?:hi|hello|hey|good (?:morning|evening|day))\b/i.test(question) ? 'Hello! ' : '';
  return `${greeting}You asked: **${bare(question)}**.${earlier}

${paragraph(2, random)}

What you can try with Parley now:

- \`a table of …\`, \`code in Python\`, \`a long story\`, \`a list of …\`: how Markdown arrives in the chat
- \`think about …\`, \`sources for …\`, \`an error\`: status line, links, and how a failure is told
- send a picture or a file, press **Stop** while I write, or ask again

${honest}`;
}

function long(question: string, random: () => number): Draft {
  const parts = [
    'What it is about',
    'How it began',
    'What it is made of',
    'An example',
    'What can go wrong',
    'What to do next',
  ].map((heading, at) => {
    const extra =
      at === 3 ? `\n\n${codeFor(question)}` : at === 2 ? '\n\n- first part\n- second part\n- third part' : '';
    return `## ${heading}\n\n${paragraph(6, random)}\n\n${paragraph(5, random)}${extra}`;
  });
  return { text: `# ${bare(question)}\n\n${honest}\n\n${parts.join('\n\n')}\n\nThat was the end of the long answer.` };
}

function sources(question: string): unknown[] {
  const subject = subjectOf(question);
  return [
    {
      source: { id: 'demo-1', name: `A note about ${subject}`, url: 'https://example.org/notes/first' },
      document: [`Questions about ${subject} are answered in the thread.`],
      metadata: [{ source: 'https://example.org/notes/first', name: `A note about ${subject}` }],
      distances: [0.91],
    },
    {
      source: { id: 'demo-2', name: 'handbook.md' },
      document: ['Every answer can be asked again.'],
      metadata: [{ source: 'handbook.md', name: 'handbook.md', page: 3 }],
      distances: [0.84],
    },
  ];
}
