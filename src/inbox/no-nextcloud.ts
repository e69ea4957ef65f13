import type { Answer } from '../chat/adapter.ts';
import type { NextcloudRoom } from './nextcloud.ts';

const SAY = 'Nextcloud is no longer set up here.';
const ANSWER: Answer = { do: 'say', body: { markdown: SAY, controls: null }, private: true };

/** The room of Nextcloud where none is set: commands say so, and old buttons too. */
export const noNextcloud: NextcloudRoom = {
  desk: null,
  startTask: async () => ({ started: false, say: SAY, answer: ANSWER }),
  taskClick: async () => ANSWER,
  suggest: () => null,
  withdraw: async () => undefined,
  start: () => undefined,
  stop: async () => undefined,
};
