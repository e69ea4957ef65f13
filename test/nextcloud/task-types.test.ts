import { describe, expect, test } from 'vitest';
import { typeFor } from '../../src/nextcloud/short-forms.ts';
import { parseTaskTypes } from '../../src/nextcloud/task-types.ts';

function typesOf(json: string): ReturnType<typeof parseTaskTypes> {
  return parseTaskTypes('taskprocessing', { types: JSON.parse(json) });
}

describe('task types', () => {
  test.each([undefined, null, [], {}, { types: [] }, { types: null }, 'x', 7])('of %o are none', (data) => {
    expect(parseTaskTypes('taskprocessing', data)).toEqual([]);
    expect(parseTaskTypes('textprocessing', data)).toEqual([]);
  });

  test('take an empty list where a map belongs', () => {
    const [type] = typesOf(
      '{"a":{"name":"A","inputShape":[],"optionalInputShape":[],"outputShape":[],"inputShapeDefaults":[]}}',
    );
    expect(type).toMatchObject({ id: 'a', input: [], optional: [], output: [], internal: false });
  });

  test('take names that are traps as data', () => {
    const types = typesOf('{"__proto__":{"inputShape":{"constructor":{"type":"Text"},"__proto__":{"type":"Number"}}}}');
    expect(types.map((type) => [type.id, type.input.map((slot) => [slot.key, slot.fallback])])).toEqual([
      [
        '__proto__',
        [
          ['constructor', null],
          ['__proto__', null],
        ],
      ],
    ]);
  });

  test('leave out a type whose required slot nobody knows, and an optional slot alone', () => {
    const types = typesOf(
      '{"a":{"inputShape":{"x":{"type":"Hologram"}}},"b":{"inputShape":{"x":{"type":"Text"}},"optionalInputShape":{"y":{"type":"Hologram"}}}}',
    );
    expect(types.map((type) => [type.id, type.optional])).toEqual([['b', []]]);
  });

  test.each([
    ['ListOfTexts', 'text'],
    ['ListOfNumbers', 'number'],
    ['ListOfFiles', 'file'],
    ['ListOfImages', 'image'],
    ['ListOfAudios', 'audio'],
    ['ListOfVideos', 'video'],
  ])('know %s', (type, kind) => {
    expect(typesOf(`{"a":{"inputShape":{"x":{"type":"${type}"}}}}`)[0]?.input[0]).toMatchObject({ kind, list: true });
  });

  test('let a choice be typed where nobody tells what there is, and offer nothing empty', () => {
    const values = '{"y":[{"name":"None","value":""},{"name":"Kind","value":"kind"}]}';
    const [type] = typesOf(
      `{"a":{"inputShape":{"x":{"type":"Enum"},"y":{"type":"Enum"}},"inputShapeEnumValues":${values}}}`,
    );
    expect(type?.input).toMatchObject([
      { kind: 'text', choices: [] },
      { kind: 'enum', choices: [{ label: 'Kind', value: 'kind' }] },
    ]);
  });

  test('tell internal ones, and where they are not marked there are none', () => {
    expect(typesOf('{"a":{"isInternal":true},"b":{}}').map((type) => type.internal)).toEqual([true, false]);
  });
});

describe('a short name', () => {
  const newer = ['core:text2text', 'core:text2text:summary', 'core:text2image'].map((id) => ({ id }));
  const older = ['FreePrompt', 'Headline', 'Summary', 'Topics'].map((name) => ({
    id: `OCP\\TextProcessing\\${name}TaskType`,
  }));

  test.each([
    ['summarize', newer, 'core:text2text:summary'],
    ['image', newer, 'core:text2image'],
    ['ask', newer, 'core:text2text'],
    ['headline', newer, null],
    ['summarize', older, 'OCP\\TextProcessing\\SummaryTaskType'],
    ['headline', older, 'OCP\\TextProcessing\\HeadlineTaskType'],
    ['topics', older, 'OCP\\TextProcessing\\TopicsTaskType'],
    ['ask', older, 'OCP\\TextProcessing\\FreePromptTaskType'],
    ['translate', older, null],
    ['proofread', older, null],
    ['transcribe', older, null],
    ['summarize', [...older, ...newer], 'core:text2text:summary'],
  ] as const)('%s among %o is %s', (form, types, id) => {
    expect(typeFor(form, types)).toBe(id);
  });
});
