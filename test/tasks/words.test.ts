import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOf, fits, readSlot } from '../../src/commands/nextcloud-input.ts';
import type { Slot } from '../../src/nextcloud/task-types.ts';
import { jittered, nextDelay } from '../../src/tasks/poll.ts';
import { resultOf } from '../../src/tasks/result.ts';
import { spanWords } from '../../src/tasks/status.ts';

const slot = (more: Partial<Slot>): Slot => ({
  ...{ key: 'k', name: 'K', description: '', kind: 'text', list: false, choices: [], fallback: null, required: true },
  ...more,
});
const output = (kind: Slot['kind'], list = false, key = 'output') => ({ key, name: key, kind, list });

describe('a result', () => {
  it('of one text is that text, and may go on into another task', () => {
    expect(resultOf({ output: [output('text')] }, { output: { output: ' Hello. ' } })).toEqual({
      text: 'Hello.',
      bare: 'Hello.',
      files: [],
    });
  });

  it('of several is told apart by name, a list is a list, a number is text', () => {
    const slots = [output('text', true, 'Titles'), output('number', false, 'Score')];
    const { text, bare } = resultOf({ output: slots }, { output: { Titles: ['One', 'Two\nand more'], Score: 7 } });
    expect(text).toBe('**Titles**\n\n- One\n- Two\n  and more\n\n**Score**\n\n7');
    expect(bare).toBe('');
  });

  it('of files says where they are', () => {
    const { text, files } = resultOf({ output: [output('image', true, 'images')] }, { output: { images: [5, 6] } });
    expect(text).toBe('2 images stand below.');
    expect(files).toEqual([
      { id: 5, kind: 'image' },
      { id: 6, kind: 'image' },
    ]);
    expect(resultOf({ output: [output('audio', false, 'speech')] }, { output: { speech: 9 } }).text).toBe(
      'The recording stands below.',
    );
  });

  it('of nothing says so, and what nobody has declared is shown all the same', () => {
    expect(resultOf({ output: [output('text')] }, { output: null }).text).toMatch(/nothing in its answer/);
    expect(resultOf({ output: [] }, { output: { surprise: 'Oh' } }).text).toBe('Oh');
  });

  it('that is endless is cut', () => {
    const { text } = resultOf({ output: [output('text')] }, { output: { output: 'x'.repeat(500_000) } });
    expect(text.length).toBeLessThan(401_000);
    expect(text).toMatch(/rest stands in Nextcloud/);
  });
});

describe('looking at a task', () => {
  it('is never closer than a second, never rarer than five minutes, and rarer the longer it takes', () => {
    fc.assert(
      fc.property(fc.nat(10 * 86_400_000), fc.nat(1_000_000), (elapsed, more) => {
        const delay = nextDelay(elapsed);
        expect(delay).toBeGreaterThanOrEqual(1_000);
        expect(delay).toBeLessThanOrEqual(300_000);
        expect(nextDelay(elapsed + more)).toBeGreaterThanOrEqual(delay);
      }),
    );
    expect([jittered(1_000, () => 0), jittered(1_000, () => 0.999)]).toEqual([800, 1200]);
  });

  it('spans are told in few words', () => {
    const words = [4_000, 43_000, 60_000, 59 * 60_000, 125 * 60_000, 30 * 3_600_000, 72 * 3_600_000].map(spanWords);
    expect(words).toEqual(['4 s', '40 s', '1 min', '59 min', '2 h', '30 h', '3 days']);
  });
});

describe('what is put into a slot', () => {
  const most = { fileBytes: 1_000 };
  const languages = {
    choices: [
      { label: 'English (US)', value: 'en' },
      { label: 'German', value: 'de' },
    ],
  };

  it('is text, a list by lines, a number, a choice by value or name', () => {
    expect(readSlot(slot({}), 'Hi', most)).toEqual({ given: { value: 'Hi' } });
    expect(readSlot(slot({ list: true }), 'a\n\n b ', most)).toEqual({ given: { value: ['a', 'b'] } });
    expect(readSlot(slot({ kind: 'number' }), '3,5', most)).toEqual({ given: { value: 3.5 } });
    expect(readSlot(slot({ kind: 'number', list: true }), '1 2', most)).toEqual({ given: { value: [1, 2] } });
    for (const typed of ['1 2,5 3', '1, 2,5, 3', '1; 2.5;3', ' 1\n2,5\n3 '])
      expect(readSlot(slot({ kind: 'number', list: true }), typed, most)).toEqual({ given: { value: [1, 2.5, 3] } });
    expect(readSlot(slot({ kind: 'enum', ...languages }), 'german', most)).toEqual({ given: { value: 'de' } });
    expect(choiceOf(languages, 'engl')).toBe('en');
  });

  it('is complained of when it does not fit', () => {
    expect(readSlot(slot({ kind: 'number' }), 'many', most)).toEqual({ wrong: 'Please write a number.' });
    expect(readSlot(slot({ kind: 'enum', ...languages }), 'Klingon', most)).toMatchObject({
      wrong: expect.stringMatching(/English/),
    });
    expect(readSlot(slot({}), ' ', most)).toEqual({ wrong: 'Please fill this in.' });
    expect(readSlot(slot({ required: false }), '', most)).toEqual({ nothing: true });
    expect(readSlot(slot({ list: true }), ' \n', most)).toEqual({ given: { value: [] } });
    expect(readSlot(slot({ kind: 'audio' }), [], most)).toEqual({ wrong: 'Please choose a file.' });
    const file = { platform: 'p', id: 'f', name: 'a.ogg', type: 'audio/ogg', size: 2_000_000, token: '' };
    expect(readSlot(slot({ kind: 'audio' }), [file], most)).toMatchObject({ wrong: expect.stringMatching(/2 MB/) });
    const small = { ...file, size: 10 };
    expect(readSlot(slot({ kind: 'audio' }), [small, small], most)).toMatchObject({
      wrong: expect.stringMatching(/one file/),
    });
  });

  it('is a file of the right kind, by its type, else by its ending', () => {
    expect(fits('audio', { name: 'a.ogg', type: 'audio/ogg' })).toBe(true);
    expect(fits('audio', { name: 'clip.mp4', type: 'video/mp4' })).toBe(true);
    expect(fits('audio', { name: 'a.m4a', type: 'application/octet-stream' })).toBe(true);
    expect(fits('audio', { name: 'a.png', type: 'image/png' })).toBe(false);
    expect(fits('image', { name: 'a.png', type: 'text/plain' })).toBe(false);
    expect(fits('file', { name: 'any', type: '' })).toBe(true);
    expect(fits('text', { name: 'a.txt', type: 'text/plain' })).toBe(false);
  });
});
