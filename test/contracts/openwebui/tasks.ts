import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newTree } from '../../../src/openwebui/chat-tree.ts';
import { createChat } from '../../../src/openwebui/chats.ts';
import * as tasks from '../../../src/openwebui/tasks.ts';
import { type Desk, kindOf } from './bench.ts';

const messages = [
  { role: 'user', content: 'What is our plan?' },
  { role: 'assistant', content: 'To sail.' },
] as const;

/** What the server's task endpoints give, however a model spoils its answer. */
export function tasksContract(at: () => Desk): void {
  describe('tasks', () => {
    test.each(['echo', 'tasks-fenced', 'tasks-thinking', 'tasks-null-content', 'tasks-prose'])(
      'of %s give everything',
      async (model) => {
        const input = { model, messages };
        expect(await tasks.titleFor(at().user, input)).toBe("The team's plan");
        expect(await tasks.followUpsFor(at().user, input)).toEqual([
          'What comes first?',
          'Who does it?',
          'When is it done?',
        ]);
        expect(await tasks.tagsFor(at().user, input)).toEqual(['General', 'Planning']);
        expect(await tasks.emojiFor(at().user, { model, prompt: 'Nice!' })).toBe('😊');
      },
    );

    test('of a model that uses single quotes give everything', async () => {
      expect(await tasks.titleFor(at().user, { model: 'tasks-quotes', messages })).toBe('The team’s plan');
      expect(await tasks.emojiFor(at().user, { model: 'tasks-quotes', prompt: 'Nice!' })).toBe('👩🏽‍🚀');
    });

    test('of a model that gives lists give everything', async () => {
      expect(await tasks.titleFor(at().user, { model: 'tasks-array', messages })).toBe("The team's plan");
      expect(await tasks.tagsFor(at().user, { model: 'tasks-array', messages })).toEqual(['General', 'Planning']);
    });

    test('of a model that says nothing give nothing', async () => {
      const input = { model: 'tasks-empty', messages };
      expect(await tasks.titleFor(at().user, input)).toBeNull();
      expect(await tasks.followUpsFor(at().user, input)).toEqual([]);
      expect(await tasks.emojiFor(at().user, { model: 'tasks-empty', prompt: 'Nice!' })).toBeNull();
    });

    test('of a model that refuses fail as busy', async ({ skip }) => {
      skip(!at().bench.real);
      expect(await kindOf(tasks.titleFor(at().user, { model: 'tasks-refused', messages }))).toBe('busy');
    });

    test('of an unknown model fail as missing', async () => {
      expect(await kindOf(tasks.titleFor(at().user, { model: 'no-such-model', messages }))).toBe('missing');
    });

    test('give queries, descriptions of pictures and one answer out of several', async () => {
      expect(await tasks.queriesFor(at().user, { model: 'echo', messages, type: 'web_search' })).toEqual([
        'parley plan',
      ]);
      expect(await tasks.imagePromptFor(at().user, { model: 'echo', messages })).toBe(
        'A harbour at dawn, two boats side by side.',
      );
      expect(await tasks.combine(at().user, { model: 'echo', prompt: 'Where?', responses: ['Here', 'There'] })).toBe(
        'The best of all the answers.',
      );
    });

    test('tell which of them are on', async () => {
      expect(await tasks.taskConfig(at().user)).toMatchObject({ titles: true, followUps: true, tags: true });
    });
  });

  describe('a chat in the background', () => {
    test('has nothing running', async () => {
      const chat = await createChat(at().user, newTree({ title: 'Idle', models: ['echo'], now: Date.now() }));
      expect(await tasks.backgroundTasks(at().user, chat.id)).toEqual([]);
    });

    test('that is not there has nothing running', async () => {
      expect(await tasks.backgroundTasks(at().user, randomUUID())).toEqual([]);
    });
  });
}
