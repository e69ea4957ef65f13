import { expect, test } from 'vitest';
import * as z from 'zod';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { closeAfter } from '../close-after.ts';
import { chatWith, type House, request } from './house.ts';
import { visitPlain } from './plain-visitor.ts';

const kept = z.object({
  items: z.array(z.looseObject({ data: z.unknown(), meta: z.looseObject({ message_id: z.unknown() }) })),
});

/** What people think of an answer, kept by Open WebUI for those who look after it. */
export function feedbackOn(at: () => House): void {
  test('an opinion given in chat, and changed, stands once with the answer and among the opinions', async () => {
    const ann = await visitPlain(at(), { model: 'echo' });
    closeAfter(() => ann.stop());
    await ann.ask('Who was **Ann Bonny**?');
    await ann.over(1);
    await chatWith(at(), 'Ann Bonny');
    expect(JSON.stringify(await ann.command('feedback', 'good'))).toContain('Thank you');
    const opened = await ann.command('feedback', 'bad');
    if (opened.do !== 'form') throw new Error(`no form but ${JSON.stringify(opened)}`);
    const typed = { 'What was wrong?': 'not_factually_correct', 'Anything to add?': 'She was Irish.' };
    expect(JSON.stringify(await ann.send(opened.form, typed))).toContain('Thank you');
    const answer = branch((await chatWith(at(), 'Ann Bonny')).tree).at(-1);
    const { tree } = await chatWith(at(), 'Ann Bonny');
    expect(tree.history.messages[answer?.id ?? '']).toMatchObject({
      annotation: { rating: -1, reason: 'not_factually_correct', comment: 'She was Irish.' },
    });
    const { items } = kept.parse(await request(at().admin, 'GET', '/api/v1/evaluations/feedbacks/list?page=1'));
    const mine = items.filter(({ meta }) => meta.message_id === answer?.id);
    expect(mine).toMatchObject([{ data: { rating: -1, reason: 'not_factually_correct', comment: 'She was Irish.' } }]);
  });
}
