import type { FaultyNextcloud } from '../servers/nextcloud/server.ts';

/** The id of a kind of task that takes a slot of every shape there is. */
const EVERY = 'test:every';

const slot = (type: string) => ({ name: `A ${type}`, description: `What ${type} holds`, type });

/** Has the server offer it, beside a building block that is not for people. */
export function offerEvery(cloud: FaultyNextcloud): void {
  const shapes = {
    inputShape: {
      input: slot('Text'),
      number: slot('Number'),
      tone: slot('Enum'),
      file: slot('File'),
      image: slot('Image'),
      audio: slot('Audio'),
      video: slot('Video'),
      texts: slot('ListOfTexts'),
      numbers: slot('ListOfNumbers'),
      files: slot('ListOfFiles'),
      images: slot('ListOfImages'),
      audios: slot('ListOfAudios'),
      videos: slot('ListOfVideos'),
    },
    inputShapeEnumValues: {
      tone: [
        { name: 'Plain words', value: 'plain' },
        { name: 'Formal words', value: 'formal' },
      ],
    },
    inputShapeDefaults: { tone: 'formal', number: 7 },
    optionalInputShape: { model: slot('Enum'), temperature: slot('Number') },
    optionalInputShapeEnumValues: { model: [{ name: 'Model one', value: 'm1' }] },
    optionalInputShapeDefaults: {},
    outputShape: { output: slot('Text') },
    outputShapeEnumValues: {},
    optionalOutputShape: {},
    optionalOutputShapeEnumValues: {},
  };
  const types = {
    [EVERY]: { name: 'Every shape', description: 'Takes everything', ...shapes, isInternal: false },
    'test:inner': { name: 'Inner', description: 'A building block', ...shapes, isInternal: true },
  };
  offer(cloud, types);
}

/** Has the server translate between as many languages as a real provider knows: more than a list of any platform holds. */
export function offerLanguages(cloud: FaultyNextcloud): void {
  const many = Array.from({ length: 130 }, (_, index) => ({ name: `Language ${index}`, value: `l${index}` }));
  const known = [...many, { name: 'German', value: 'de' }, { name: 'German (formal)', value: 'de-formal' }];
  const shapes = {
    inputShape: { input: slot('Text'), origin_language: slot('Enum'), target_language: slot('Enum') },
    inputShapeEnumValues: {
      origin_language: [{ name: 'Detect language', value: 'detect_language' }, ...known],
      target_language: known,
    },
    inputShapeDefaults: { origin_language: 'detect_language' },
    outputShape: { output: slot('Text') },
  };
  offer(cloud, { 'core:text2text:translate': { name: 'Translate', description: '', ...shapes } });
}

function offer(cloud: FaultyNextcloud, types: object): void {
  const body = { ocs: { meta: { status: 'ok', statuscode: 200, message: 'OK' }, data: { types } } };
  cloud.fault({ path: /taskprocessing\/tasktypes$/ }, { status: 200, body }, 999);
}

/** What the server was last asked to do with it. */
export function scheduled(cloud: FaultyNextcloud): unknown {
  return cloud.seen({ method: 'POST', path: /taskprocessing\/schedule$/ }).at(-1)?.body;
}
