import { pick } from './random.ts';

/** Text of our own for the sentence maker below: plain remarks about working together in a chat. */
const text = `
A good question is half of an answer. A short answer is easier to read than a long one. A thread keeps one topic in one place.
The people in a thread can read along while an answer is being written. The first words of an answer should say what the answer is.
A table is easier to read than a long sentence when several things are compared. A list is easier to follow when the steps have an order.
Every answer in a thread can be asked again in other words. A team learns faster when the questions of one person are seen by all.
The person who asks knows most about the problem. The person who answers should say what is certain and what is a guess.
An example is often clearer than a rule. A rule without a reason is soon forgotten. A reason with an example is remembered.
When an answer is wrong it should be corrected in the same thread. When a question is unclear it should be asked again with an example.
A file can be sent along with a question when the words are not enough. A picture can be sent along when a description would be too long.
The best time to write something down is while it is being decided. What is written down in a thread can be found again by everybody.
Small steps are easier to check than big ones. A plan with small steps can be changed while it is carried out.
`;

const chain = new Map<string, string[]>();
const starts: string[] = [];
for (const sentence of text.match(/[^.]+\./g) ?? []) {
  const words = sentence.trim().split(/\s+/);
  const [first, second] = words;
  if (first === undefined || second === undefined) continue;
  starts.push(`${first} ${second}`);
  for (let at = 2; at < words.length; at += 1) {
    const key = `${words[at - 2]} ${words[at - 1]}`;
    chain.set(key, [...(chain.get(key) ?? []), words[at] ?? '']);
  }
}

/** A sentence put together at random from our own remarks: grammatical, not clever. At most 30 words. */
function sentence(random: () => number): string {
  const [first = 'A short', ...others] = starts;
  const words = pick([first, ...others], random).split(' ');
  while (words.length < 30 && !words.at(-1)?.endsWith('.')) {
    const [next, ...more] = chain.get(`${words.at(-2)} ${words.at(-1)}`) ?? [];
    if (next === undefined) break;
    words.push(pick([next, ...more], random));
  }
  const said = words.join(' ');
  return said.endsWith('.') ? said : `${said}.`;
}

/** So many different sentences, joined to one paragraph. */
export function paragraph(count: number, random: () => number): string {
  // By their first words, so that two sentences in a row do not begin alike.
  const said = new Map<string, string>();
  for (let tries = 0; said.size < count && tries < count * 6; tries += 1) {
    const next = sentence(random);
    said.set(next.split(' ').slice(0, 2).join(' '), next);
  }
  return [...said.values()].join(' ');
}
