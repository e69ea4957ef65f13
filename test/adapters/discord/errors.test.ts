import { DiscordAPIError } from 'discord.js';
import { expect, test } from 'vitest';
import { failureOf } from '../../../adapters/discord/errors.ts';

/** What Discord answers to a message whose embed it refuses: it repeats what stood there. */
const REFUSED = {
  code: 50_035,
  message: 'Invalid Form Body',
  errors: {
    embeds: {
      0: { url: { _errors: [{ code: 'URL_TYPE_INVALID_SCHEME', message: 'Scheme "zanzibar" is not known' }] } },
    },
    content: { _errors: [{ code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be 2000 or fewer: Zanzibar and the letter' }] },
  },
};

test('a refusal is told in the log by the fields and what is wrong with them, without what stood there', () => {
  const refused = new DiscordAPIError(REFUSED, 50_035, 400, 'POST', 'https://discord.example/x', {
    body: {},
    files: [],
  });
  const { problem } = failureOf(refused, 'send');
  expect(problem.detail).toBe('send: 400 50035 embeds[0].url[URL_TYPE_INVALID_SCHEME], content[BASE_TYPE_BAD_LENGTH]');
});

test('a refusal without fields is told by its code', () => {
  const raw = { code: 50_013, message: 'Missing Permissions in Zanzibar' };
  const { problem } = failureOf(new DiscordAPIError(raw, 50_013, 403, 'POST', 'https://discord.example/x', {}), 'send');
  expect(problem).toMatchObject({ kind: 'forbidden', detail: 'send: 403 50013' });
});
