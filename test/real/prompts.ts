import { expect, test, vi } from 'vitest';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { createPrompt } from '../../src/openwebui/prompts.ts';
import { closeAfter } from '../close-after.ts';
import { chatWith, type House } from './house.ts';
import { visitPlain } from './plain-visitor.ts';

/** A prompt that somebody made in Open WebUI, run from chat. */
export function promptsOn(at: () => House): void {
  test('a prompt made over the API is run by /prompt, its variables asked for in a form', async () => {
    const content =
      'Count to {{n | number:min=1:max=9:step=2:required}} {{how | select:options=["slowly","fast"]:required}} for {{USER_NAME}}';
    await createPrompt(at().user, { command: 'count', name: 'Count', content });
    const ann = await visitPlain(at(), { model: 'echo' });
    closeAfter(() => ann.stop());
    // The list of prompts is read when Parley starts; until then the name is not known.
    const opened = await vi.waitFor(
      async () => {
        const answer = await ann.command('prompt', 'count how=fast');
        if (answer.do !== 'form') throw new Error(`no form but ${JSON.stringify(answer)}`);
        return answer;
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(opened.form.fields.map(({ label, type, required }) => ({ label, type, required }))).toEqual([
      { label: 'n', type: 'number', required: true },
      { label: 'how', type: 'choice', required: true },
    ]);
    expect(JSON.stringify(await ann.send(opened.form, { n: '4' }))).toContain('in steps of 2');
    expect(await ann.send(opened.form, { n: '3' })).toMatchObject({ do: 'work' });
    await ann.over(1);
    expect(ann.plain.standing()).toContain('Count to 3 fast for Ann');
    expect(JSON.stringify(ann.plain.standing())).toContain('ran count (n: 3, how: fast)');
    const { tree } = await chatWith(at(), 'Count to 3 fast for Ann');
    expect(branch(tree).map(({ text }) => text)).toEqual(['Count to 3 fast for Ann', 'Count to 3 fast for Ann']);
  });
}
