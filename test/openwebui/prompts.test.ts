import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { createPrompt, listPrompts, readPrompt } from '../../src/openwebui/prompts.ts';
import { kindOf } from '../contracts/openwebui/bench.ts';
import { promptsContract } from '../contracts/openwebui/prompts.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

for (const profile of ['0.7', '0.8', '0.9', '0.10', '0.11', '0.12'] as const) {
  describe(`prompts of the stand-in as ${profile}`, () => {
    let server: ScriptedOpenWebUI;
    let user: OpenWebUI;
    beforeAll(async () => {
      server = await startScriptedOpenWebUI({ profile });
      user = connect({ url: server.url, key: new Secret(server.key) });
    });
    afterAll(async () => {
      await disconnect(user);
      await server.close();
    });
    // Of the later ones it is part of the whole contract.
    if (profile === '0.7')
      promptsContract(() => ({ user, other: withKey(user, new Secret(server.otherKey)), old: true }));

    test('can be made only by those who may', async () => {
      const other = withKey(user, new Secret(server.otherKey));
      const draft = { command: 'x', name: 'x', content: 'x' };
      expect(await kindOf(createPrompt(other, draft))).toBe('forbidden');
    });

    test('a row that is no prompt is left out', async () => {
      server.fault(
        { path: '/api/v1/prompts/' },
        { status: 200, body: [{ nonsense: true }, { command: '/a', title: 'A' }] },
      );
      expect(await listPrompts(user)).toMatchObject([{ id: 'a', command: 'a', name: 'A', content: '' }]);
    });

    test('a web page in place of a prompt is no prompt', async () => {
      server.fault({ path: /^\/api\/v1\/prompts\/(id|command)\// }, { status: 200, body: '<html></html>' });
      expect(await kindOf(readPrompt(user, 'x'))).toBe('malformed');
    });
  });
}
