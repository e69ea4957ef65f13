import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { problemOf } from '../../../src/chat/errors.ts';
import type { OpenWebUI } from '../../../src/openwebui/connection.ts';
import * as prompts from '../../../src/openwebui/prompts.ts';
import { kindOf } from './bench.ts';

/** The same server through three keys, of which the first two belong to ordinary people who may make prompts. */
export interface PromptDesk {
  readonly user: OpenWebUI;
  readonly other: OpenWebUI;
  /** Before 0.8 a prompt is known by its command and has neither tags, versions nor a switch. */
  readonly old: boolean;
}

const EVERYBODY = [{ to: 'user', id: '*', may: 'read' }] as const;

/** Everything the client relies on in a server's prompts, the same for all versions where all can do it. */
export function promptsContract(at: () => PromptDesk): void {
  const made: string[] = [];
  const create = async (more: Partial<prompts.PromptDraft> = {}) => {
    const draft = { command: `c-${randomUUID().slice(0, 8)}`, name: 'Sum up', content: 'Sum up {{text}}', ...more };
    const prompt = await prompts.createPrompt(at().user, draft);
    made.push(prompt.id);
    return prompt;
  };
  const saying = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: unknown) => problemOf(error).say,
    );
  afterEach(async () => {
    for (const id of made.splice(0)) await kindOf(prompts.deletePrompt(at().user, id));
  });

  describe('a prompt', () => {
    test('reads back as it was made', async () => {
      const prompt = await create();
      expect(prompt.command).toMatch(/^c-/);
      expect(await prompts.readPrompt(at().user, prompt.id)).toMatchObject({
        id: prompt.id,
        command: prompt.command,
        name: 'Sum up',
        content: 'Sum up {{text}}',
        active: true,
        grants: [],
      });
      expect(await prompts.listPrompts(at().user)).toContainEqual(expect.objectContaining({ id: prompt.id }));
    });

    test('is found by a word of its text, page by page', async () => {
      const word = `w${randomUUID().slice(0, 8)}`;
      const prompt = await create({ content: `Say ${word}` });
      expect(await prompts.pagePrompts(at().user, { query: word, page: 1 })).toMatchObject({
        items: [{ id: prompt.id }],
        total: 1,
      });
      expect(await prompts.pagePrompts(at().user, { query: word, page: 2 })).toMatchObject({ items: [], total: 1 });
    });

    test('comes in the order asked for', async () => {
      const word = `w${randomUUID().slice(0, 8)}`;
      for (const name of ['b', 'a']) await create({ name, content: word });
      const { items } = await prompts.pagePrompts(at().user, { query: word, order: 'name' });
      expect(items.map(({ name }) => name)).toEqual(['a', 'b']);
    });

    test('cannot have the command of another', async () => {
      const { command } = await create();
      expect(await saying(create({ command }))).toBe('Another prompt has that command already.');
    });

    test('is changed', async () => {
      const { id, command } = await create();
      await prompts.updatePrompt(at().user, id, { command, name: 'New', content: 'Other {{text}}' });
      expect(await prompts.readPrompt(at().user, id)).toMatchObject({
        name: 'New',
        content: 'Other {{text}}',
        grants: [],
      });
    });

    test('is renamed, its text as it was', async () => {
      const { id, command } = await create();
      await prompts.changePromptMeta(at().user, id, { command, name: 'Named anew' });
      expect(await prompts.readPrompt(at().user, id)).toMatchObject({ name: 'Named anew', content: 'Sum up {{text}}' });
    });

    test('is open to others only when it is shared, and a change leaves that as it is', async () => {
      const { id, command } = await create();
      expect(await kindOf(prompts.readPrompt(at().other, id))).toBe('missing');
      expect((await prompts.sharePrompt(at().user, id, EVERYBODY)).grants).toEqual(EVERYBODY);
      await prompts.updatePrompt(at().user, id, { command, name: 'Still shared', content: 'x' });
      expect(await prompts.readPrompt(at().other, id)).toMatchObject({ name: 'Still shared', grants: EVERYBODY });
      expect(await kindOf(prompts.updatePrompt(at().other, id, { command, name: 'x', content: 'x' }))).toBe(
        'forbidden',
      );
      await prompts.sharePrompt(at().user, id, []);
      expect(await kindOf(prompts.readPrompt(at().other, id))).toBe('missing');
    });

    test('is gone once it is deleted', async () => {
      const { id } = await create();
      await prompts.deletePrompt(at().user, id);
      expect(await kindOf(prompts.readPrompt(at().user, id))).toBe('missing');
      expect(await kindOf(prompts.deletePrompt(at().user, id))).toBe('missing');
    });
  });

  describe('tags, versions and the switch', () => {
    test('are there since 0.8; before, the client says so', async () => {
      if (!at().old) return;
      const { id } = await create();
      const calls = [
        prompts.promptTags(at().user),
        prompts.promptHistory(at().user, id),
        prompts.togglePrompt(at().user, id),
        prompts.setPromptVersion(at().user, id, 'x'),
        prompts.pagePrompts(at().user, { tag: 'x' }),
        create({ tags: ['x'] }),
      ];
      for (const call of calls)
        expect(await saying(call)).toMatch(/^This Open WebUI is older than 0\.8 and does not know/);
    });

    test('tags are set, listed and filtered by', async () => {
      if (at().old) return;
      const tag = `t${randomUUID().slice(0, 8)}`;
      const { id, command } = await create({ tags: [tag] });
      expect(await prompts.promptTags(at().user)).toContain(tag);
      expect((await prompts.pagePrompts(at().user, { tag })).total).toBe(1);
      await prompts.changePromptMeta(at().user, id, { command, name: 'Sum up' });
      expect((await prompts.readPrompt(at().user, id)).tags).toEqual([tag]);
      await prompts.changePromptMeta(at().user, id, { command: `${command}-2`, name: 'Sum up', tags: [] });
      expect(await prompts.readPrompt(at().user, id)).toMatchObject({ command: `${command}-2`, tags: [] });
    });

    test('a change without tags leaves them', async () => {
      if (at().old) return;
      const { id, command } = await create({ tags: ['kept'] });
      await prompts.updatePrompt(at().user, id, { command, name: 'Sum up', content: 'Shorter' });
      expect((await prompts.readPrompt(at().user, id)).tags).toEqual(['kept']);
    });

    test('a prompt that is switched off is not listed, but found', async () => {
      if (at().old) return;
      const { id, command } = await create();
      expect((await prompts.togglePrompt(at().user, id)).active).toBe(false);
      expect((await prompts.listPrompts(at().user)).map((prompt) => prompt.id)).not.toContain(id);
      expect((await prompts.pagePrompts(at().user, { query: command })).items).toMatchObject([{ id, active: false }]);
    });

    test('each change is in the history with what was said of it, and can be taken back', async () => {
      if (at().old) return;
      const { id, command, versionId } = await create();
      const changed = await prompts.updatePrompt(at().user, id, {
        command,
        name: 'Sum up',
        content: 'Shorter',
        message: 'Make it short',
      });
      const versions = await prompts.promptHistory(at().user, id);
      // Times are whole seconds: of two versions made within one, a real server may tell either first.
      expect(versions.map(({ message }) => message).toSorted()).toEqual(['Initial version', 'Make it short']);
      const [newer, first] = [changed.versionId ?? '', versionId ?? ''];
      expect(versions.find(({ id: entry }) => entry === newer)).toMatchObject({
        content: 'Shorter',
        parentId: versionId,
      });
      expect(await prompts.promptHistory(at().user, id, 1)).toEqual([]);
      expect(await prompts.promptVersion(at().user, id, first)).toMatchObject({
        content: 'Sum up {{text}}',
      });
      expect(await prompts.setPromptVersion(at().user, id, versionId ?? '')).toMatchObject({
        content: 'Sum up {{text}}',
        versionId,
      });
      expect(await saying(prompts.deletePromptVersion(at().user, id, versionId ?? ''))).toBe(
        'That version is the live one and cannot be deleted.',
      );
      await prompts.deletePromptVersion(at().user, id, newer);
      expect(await prompts.promptHistory(at().user, id)).toHaveLength(1);
      expect(await kindOf(prompts.promptVersion(at().user, id, newer))).toBe('missing');
      expect(await saying(prompts.setPromptVersion(at().user, id, newer))).toBe('That version is not there any more.');
    });
  });
}
