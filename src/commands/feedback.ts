import * as z from 'zod';
import { type FormValue, field } from '../chat/forms.ts';
import type { Verdict } from './desk.ts';
import type { Command, OwnForm } from './registry.ts';

/** What people can say was wrong, in the words that Open WebUI keeps. */
const REASONS = [
  { label: 'It is not true', value: 'not_factually_correct', hint: null },
  { label: 'It did not do what I asked', value: 'didnt_fully_follow_instructions', hint: null },
  { label: 'It was too short or lazy', value: 'being_lazy', hint: null },
  { label: 'It refused without need', value: 'refused_when_it_shouldnt_have', hint: null },
  { label: 'I do not like the style', value: 'dont_like_the_style', hint: null },
  { label: 'Something else', value: 'other', hint: null },
];

const COMMENT_UNITS = 2_000;

/** What the form keeps: which answer it is about. */
const about = z.object({ answer: z.string().nullable() });

/**
 * `/feedback`: what somebody thinks of the last answer here, kept with the chat in Open WebUI. The two buttons under an answer run it
 * with that answer's name in the option `answer`, which nobody types.
 */
export const feedback: Command = {
  name: 'feedback',
  summary: 'Say whether the last answer here helped',
  options: [
    {
      name: 'verdict',
      summary: 'Whether it helped',
      type: 'choice',
      required: true,
      choices: [
        { label: 'It helped', value: 'good', hint: null },
        { label: 'It did not help', value: 'bad', hint: null },
      ],
      suggested: false,
    },
  ],
  subcommands: [],
  private: true,
  shortcut: null,
  who: 'everyone',
  async run(call, desk) {
    const answer = text(call.options.get('answer')) || null;
    if (call.options.get('verdict') === 'good') {
      return said(await desk.rate(call.author, call.conversation, { answer, good: true, reason: '', comment: '' }));
    }
    if (!call.filled) return { do: 'form', form: reasonForm(answer) };
    return said(await desk.rate(call.author, call.conversation, verdictOf(call.filled.values, call.filled.note)));
  },
};

function verdictOf(values: ReadonlyMap<string, FormValue>, note: string): Verdict {
  const { answer } = about.parse(JSON.parse(note));
  const reason = text(values.get('reason'));
  return {
    answer,
    good: false,
    reason: REASONS.some((one) => one.value === reason) ? reason : 'other',
    comment: text(values.get('comment')).slice(0, COMMENT_UNITS),
  };
}

function reasonForm(answer: string | null): OwnForm {
  const fields = [
    field({ name: 'reason', type: 'choice', label: 'What was wrong?', required: true, choices: REASONS }),
    field({ name: 'comment', type: 'longText', label: 'Anything to add?', maxLength: COMMENT_UNITS }),
  ];
  return {
    title: 'What was wrong?',
    intro: 'Say what was wrong with the answer. Whoever looks after Open WebUI can read it.',
    submit: 'Send',
    fields,
    errors: new Map(),
    note: JSON.stringify({ answer }),
  };
}

function text(value: FormValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function said(done: { readonly done: true } | { readonly done: false; readonly why: string }) {
  const markdown = done.done ? 'Thank you. What you think is kept with the chat in Open WebUI.' : done.why;
  return { do: 'say', body: { markdown, controls: null } } as const;
}
