import { expect, it } from 'vitest';
import { type Form, field } from '../../../src/chat/forms.ts';
import { pageTests } from './page-tests.ts';

const form: Form = {
  id: 'form-1',
  title: 'Ask well',
  intro: 'Tell me more.',
  submit: 'Ask',
  errors: {},
  fields: [
    field({ name: 'question', type: 'text', label: 'Question', required: true }),
    field({ name: 'on', type: 'toggle', label: 'Quickly' }),
    field({ name: 'how', type: 'choice', label: 'How', choices: [{ label: 'Short', value: 'short', hint: null }] }),
  ],
};

pageTests('what is put in', (at) => {
  it('runs commands by keyboard alone: menu, completion, options', async () => {
    const { ann, world } = at();
    world.host.choices = ({ typed }) =>
      ['llama', 'mistral']
        .filter((name) => name.startsWith(typed))
        .map((value) => ({ label: value, value, hint: null }));
    const field = ann.by('composer-text');
    await field.pressSequentially('/m');
    await ann.by('offer').filter({ hasText: '/model' }).waitFor();
    await field.press('Enter');
    expect(await field.inputValue()).toBe('/model ');
    await field.pressSequentially('mi');
    await ann.by('offer').filter({ hasText: 'mistral' }).waitFor();
    await field.press('ArrowDown');
    await field.press('Enter');
    expect(await field.inputValue()).toBe('/model mistral ');
    await field.pressSequentially('for=');
    await ann.by('offer').filter({ hasText: 'Me, everywhere' }).waitFor();
    await field.press('ArrowUp');
    await field.press('Tab');
    await field.press('Enter');
    expect(await world.host.next('command')).toMatchObject({ name: 'model', text: 'mistral for=me' });
  });

  it('fills in a form by keyboard, and shows what is wrong at the field', async () => {
    const { ann, world } = at();
    world.host.answer = (event) => {
      if (event.type === 'command') return { do: 'form', form };
      return event.type === 'form' && event.values.get('question') === 'Why'
        ? { do: 'errors', fields: { question: 'Ask a whole question.' } }
        : { do: 'none' };
    };
    await ann.say('/ask');
    await ann.by('form').waitFor();
    expect(await ann.page.locator('#field-question:focus').count()).toBe(1);
    await ann.page.keyboard.press('Enter');
    await ann.by('form').getByText('Please fill this in.').waitFor();
    await ann.page.keyboard.type('Why');
    await ann.page.keyboard.press('Tab');
    await ann.page.keyboard.press('Space');
    await ann.page.keyboard.press('Enter');
    await ann.by('form').getByText('Ask a whole question.').waitFor();
    expect(await ann.page.getByLabel('Question').getAttribute('aria-invalid')).toBe('true');
    await ann.page.getByLabel('Question').fill('Why is the sky blue?');
    await ann.by('form-submit').click();
    await ann.by('form').waitFor({ state: 'detached' });
    const sent = await world.host.next('form');
    const last = world.host.events.findLast((event) => event.type === 'form') ?? sent;
    expect(last.type === 'form' && [...last.values]).toEqual([
      ['question', 'Why is the sky blue?'],
      ['on', true],
      ['how', ''],
    ]);
  });

  it('shows a form on a phone whole, also with the browser’s own field for files', async () => {
    const { ann, world } = at();
    const wide: Form = { ...form, fields: [...form.fields, field({ name: 'files', type: 'file', label: 'Files' })] };
    world.host.answer = () => ({ do: 'form', form: wide });
    await ann.page.setViewportSize({ width: 320, height: 640 });
    await ann.say('/ask');
    await ann.by('form').waitFor();
    expect(await ann.by('form').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  });

  it('takes files by drop, by paste and by choosing, and lets them be taken out again', async () => {
    const { ann, world } = at();
    await ann.page.evaluate(`
      const data = new DataTransfer();
      data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      const pasted = new DataTransfer();
      pasted.items.add(new File(['pasted'], 'pasted.txt', { type: 'text/plain' }));
      const field = document.querySelector('textarea');
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }));
    `);
    await ann
      .by('file-input')
      .setInputFiles({ name: 'chosen.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2]) });
    await ann.page.locator('[data-testid="file-chip"][data-ready="true"]').nth(2).waitFor();
    await ann.page.getByRole('button', { name: 'Take out pasted.txt' }).click();
    await ann.say('Read these');
    const { message } = await world.host.next('message');
    expect(message.files.map((file) => file.name)).toEqual(['dropped.txt', 'chosen.bin']);
    const [first] = message.files;
    expect(first && new TextDecoder().decode((await world.local.download(first, 100)).bytes)).toBe('dropped');
  });

  it('keeps unsent text for each conversation', async () => {
    const { ann, world } = at();
    await ann.say('First');
    await world.host.next('message');
    await ann.by('message').getByText('First').waitFor();
    await ann.by('composer-text').fill('half a thought');
    await ann.by('new-chat').click();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('');
    await ann.by('conversation').filter({ hasText: 'First' }).click();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('half a thought');
    await ann.page.reload();
    await ann.by('message').getByText('First').waitFor();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('half a thought');
  });
});
