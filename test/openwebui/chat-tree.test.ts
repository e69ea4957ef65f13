import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as tree from '../../src/openwebui/chat-tree.ts';
import { defectsOf } from './tree-defects.ts';

const empty = tree.newTree({ title: 'New', models: ['m'], now: 1_700_000_000_000 });
const ask = (from: tree.ChatTree, id: string, parentId?: string | null): tree.ChatTree =>
  tree.addQuestion(from, { id, text: `question ${id}`, now: 1_700_000_000_500, models: ['m'], parentId });
const answer = (from: tree.ChatTree, id: string, parentId: string): tree.ChatTree =>
  tree.finishAnswer(tree.addAnswer(from, { id, parentId, model: 'm', now: 1_700_000_001_000 }), id, {
    text: `answer ${id}`,
  });
const ids = (from: tree.ChatTree): string[] => tree.branch(from).map((turn) => turn.id);

describe('the tree of a chat', () => {
  test('holds a question and its answer as the web page needs them', () => {
    const chat = answer(ask(empty, 'u1'), 'a1', 'u1');
    expect(chat.history).toEqual({
      currentId: 'a1',
      messages: {
        u1: {
          id: 'u1',
          parentId: null,
          childrenIds: ['a1'],
          role: 'user',
          content: 'question u1',
          timestamp: 1_700_000_000,
          models: ['m'],
        },
        a1: {
          id: 'a1',
          parentId: 'u1',
          childrenIds: [],
          role: 'assistant',
          content: 'answer a1',
          model: 'm',
          modelName: 'm',
          modelIdx: 0,
          timestamp: 1_700_000_001,
          done: true,
        },
      },
    });
  });

  test('has no done at all in an answer that is being written', () => {
    const chat = tree.addAnswer(ask(empty, 'u1'), { id: 'a1', parentId: 'u1', model: 'm', now: 0 });
    expect(chat.history.messages.a1).not.toHaveProperty('done');
    expect(tree.branch(chat).at(-1)?.done).toBe(false);
  });

  test('shows a second answer beside the first', () => {
    const chat = tree.addAnswer(answer(ask(empty, 'u1'), 'a1', 'u1'), { id: 'a2', parentId: 'u1', model: 'n', now: 0 });
    expect(chat.history.messages.u1?.childrenIds).toEqual(['a1', 'a2']);
    expect(ids(chat)).toEqual(['u1', 'a2']);
    expect(tree.branch(chat, 'a1').map((turn) => turn.id)).toEqual(['u1', 'a1']);
  });

  test('follows an edit in the browser: the branch that currentId ends', () => {
    const chat = answer(ask(answer(ask(empty, 'u1'), 'a1', 'u1'), 'u2'), 'a2', 'u2');
    const edited = answer(ask(chat, 'u3', 'a1'), 'a3', 'u3');
    expect(ids(edited)).toEqual(['u1', 'a1', 'u3', 'a3']);
    expect(ids(ask(edited, 'u4'))).toEqual(['u1', 'a1', 'u3', 'a3', 'u4']);
  });

  test('keeps fields and messages it does not know', () => {
    const stored = tree.chatTree.parse({
      title: 'T',
      models: ['m'],
      tags: ['x'],
      history: {
        currentId: 'a1',
        note: 1,
        messages: {
          u1: {
            id: 'u1',
            parentId: null,
            childrenIds: ['a1', 'b1'],
            role: 'user',
            content: 'q',
            merged: { status: true },
          },
          a1: {
            id: 'a1',
            parentId: 'u1',
            childrenIds: [],
            role: 'assistant',
            content: '',
            output: [{ type: 'odd', z: 1 }],
          },
          b1: {
            id: 'b1',
            parentId: 'u1',
            childrenIds: [],
            role: 'assistant',
            content: 'other',
            annotation: { rating: 1 },
          },
        },
      },
    });
    const grown = ask(stored, 'u2');
    expect(grown).toMatchObject({
      title: 'T',
      tags: ['x'],
      history: { note: 1, messages: stored.history.messages.b1 ? { b1: stored.history.messages.b1 } : {} },
    });
    expect(grown.history.messages.u1).toEqual(stored.history.messages.u1);
    expect(grown.history.messages.a1).toMatchObject({ output: [{ type: 'odd', z: 1 }], childrenIds: ['u2'] });
  });

  test('mends what older pages left out: parentId, childrenIds, a lost currentId', () => {
    const stored = tree.chatTree.parse({
      history: { currentId: 'lost', messages: { u1: { id: 'u1', role: 'user', content: 'q', timestamp: 5 } } },
    });
    expect(stored.history.messages.u1).toMatchObject({ parentId: null, childrenIds: [] });
    expect(tree.currentIdOf(stored)).toBe('u1');
  });

  test.each([
    ['an unknown parent', () => ask(empty, 'u1', 'nobody')],
    ['an id that is taken', () => ask(ask(empty, 'u1'), 'u1')],
    ['an answer that is not there', () => tree.finishAnswer(empty, 'a1', { text: '' })],
    ['a name of Object.prototype', () => ask(empty, 'u1', 'toString')],
  ])('refuses %s', (_name, change) => {
    expect(change).toThrow(/chat tree/);
  });

  test('reads text from output, else from content without folded blocks', () => {
    const stored = tree.chatTree.parse({
      history: {
        currentId: 'a2',
        messages: {
          a1: {
            id: 'a1',
            role: 'assistant',
            content: '',
            output: [
              { type: 'reasoning', content: [{ type: 'output_text', text: 'hm' }] },
              { type: 'message', content: [{ type: 'output_text', text: 'One' }] },
              { type: 'message', content: [{ type: 'output_text', text: 'Two' }] },
            ],
          },
          a2: {
            id: 'a2',
            parentId: 'a1',
            role: 'assistant',
            content:
              '<details type="reasoning" done="true" duration="5">\n<summary>Thought</summary>\n&gt; hm\n</details>\nThree <details>kept</details>',
          },
        },
      },
    });
    expect(tree.branch(stored).map((turn) => turn.text)).toEqual(['One\nTwo', 'Three <details>kept</details>']);
  });

  test('ends a branch at a circle instead of turning for ever', () => {
    const stored = tree.chatTree.parse({
      history: { currentId: 'a', messages: { a: { id: 'a', parentId: 'b' }, b: { id: 'b', parentId: 'a' } } },
    });
    expect(ids(stored)).toEqual(['b', 'a']);
    expect(defectsOf(stored).map((defect) => defect.kind)).toContain('circle');
  });

  const step = fc.record({ kind: fc.constantFrom('ask', 'answer', 'finish'), at: fc.nat({ max: 30 }) });

  test('has no defect and loses no message, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let chat = empty;
        let made = 0;
        for (const { kind, at } of steps) {
          const all = Object.values(chat.history.messages);
          const users = all.filter((message) => message.role === 'user');
          const answers = all.filter((message) => message.role === 'assistant');
          const pick = <Item>(list: Item[]): Item | undefined => list[at % Math.max(1, list.length)];
          const before = Object.keys(chat.history.messages);
          const id = `m${made}`;
          const user = pick(users);
          const old = pick(answers);
          if (kind === 'ask') chat = ask(chat, id, at % 3 === 0 ? (old?.id ?? null) : undefined);
          else if (kind === 'answer' && user)
            chat = tree.addAnswer(chat, { id, parentId: user.id, model: 'm', now: 0 });
          else if (kind === 'finish' && old) chat = tree.finishAnswer(chat, old.id, { text: 'x' });
          made += 1;
          expect(Object.keys(chat.history.messages)).toEqual(expect.arrayContaining(before));
          expect(defectsOf(chat)).toEqual([]);
          expect(tree.branch(chat).at(-1)?.id ?? null).toBe(chat.history.currentId);
        }
      }),
    );
  });
});

describe('the defects of a tree', () => {
  const message = (id: string, parentId: string | null, childrenIds: string[]) => ({
    id,
    parentId,
    childrenIds,
    role: 'user',
    content: '',
  });

  test.each([
    ['key', { x: message('y', null, []) }, 'x'],
    ['parent', { x: message('x', 'gone', []) }, 'x'],
    ['child', { x: message('x', null, ['gone']) }, 'x'],
    ['child', { x: message('x', null, []), y: message('y', 'x', []) }, 'x'],
    ['current', { x: message('x', null, []) }, 'nobody'],
    ['root', { x: message('x', 'gone', []) }, 'x'],
  ])('name a wrong %s', (kind, messages, currentId) => {
    const stored = { title: '', models: [], history: { currentId, messages } };
    expect(defectsOf(stored).map((defect) => defect.kind)).toContain(kind);
  });
});
