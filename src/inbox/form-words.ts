import type { FormEvent } from '../chat/events.ts';

/** What is said of a form that is over; what was typed into it is given back. */
export function over(event: FormEvent): string {
  const typed = [...event.values.values()].filter((value) => typeof value === 'string' && value.trim() !== '');
  const kept = typed.map((value) =>
    String(value)
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
  );
  const words = 'That form is no longer open; forms are kept for an hour. Please start it again.';
  return kept.length === 0 ? words : `${words} This is what you typed:\n\n${kept.join('\n\n')}`;
}

/** What is said to somebody who fills in another person's form. */
export function somebodyElses(owner: string): string {
  return `Only ${owner}, who opened that form, can fill it in. Run the command yourself for one of your own.`;
}

/** The longest text that is given back; what is longer was pasted from somewhere. */
const GIVEN_BACK = 1_500;

/** What somebody typed into a command that was not taken, to be copied. */
export function givenBack(text: string): string {
  const quoted = text.trim().slice(0, GIVEN_BACK).toWellFormed().replaceAll(/^/gm, '> ');
  return quoted === '> ' ? '' : `\n\nYou wrote:\n\n${quoted}`;
}
