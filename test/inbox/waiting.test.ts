import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Accounts, LinkNeeded } from '../../src/accounts/accounts.ts';
import { userKey } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Added, Questions } from '../../src/inbox/questions.ts';
import { createWaiting, type Waiting } from '../../src/inbox/waiting.ts';
import { connect } from '../../src/openwebui/connection.ts';
import { createLog } from '../../src/ops/log.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault, type Vault } from '../../src/store/vault.ts';
import { createTestClock } from '../clock.ts';
import { THREAD } from '../flow/world.ts';
import { person } from '../person.ts';
import { question } from '../question.ts';

let vault: Vault;
let store: Store;
let waiting: Waiting;
/** Who has linked an account. */
let linked: Set<string>;
/** Who asked what, under which key. */
let asked: string[];
let answer: Added;
/** Runs once, while it is being found out whether somebody has to link. */
let meanwhile: (() => Promise<unknown>) | null;

beforeEach(() => {
  vault = createVault(new Secret(randomBytes(32).toString('base64')));
  store = openSqlite(':memory:', { vault });
  linked = new Set();
  asked = [];
  answer = { do: 'known' };
  meanwhile = null;
  const accounts: Pick<Accounts, 'missing' | 'known' | 'linkingOff'> = {
    linkingOff: null,
    known: ({ name, ref }) =>
      linked.has(name)
        ? { owner: userKey(ref), server: connect({ url: 'http://127.0.0.1', key: null }), account: null }
        : null,
    async missing({ name }) {
      const need = linked.has(name) ? null : new LinkNeeded('missing', 'Link first.');
      const first = meanwhile;
      meanwhile = null;
      await first?.();
      return need;
    },
  };
  const questions: Questions = {
    async add(key, { asker, text }) {
      asked.push(`${asker.name}: ${text} (${key})`);
      return answer;
    },
  };
  waiting = createWaiting({
    questions,
    accounts,
    forms: store.forms,
    jobs: store.jobs,
    vault,
    clock: createTestClock(),
    log: createLog('silent'),
  });
});
afterEach(() => store.close());

const ask = (name: string, key = 'follow:1:0') =>
  waiting.questions.add(key, question('And rye?', THREAD, { asker: person(name) }));

async function link(name: string) {
  linked.add(name);
  return waiting.release(person(name));
}

describe('a question that waits for a link', () => {
  it('is asked under its own key, so that the same event told again is known', async () => {
    await ask('Ann');
    await link('Ann');
    expect(asked).toEqual(['Ann: And rye? (follow:1:0)']);
  });

  it('is asked for the one who linked and nobody else, although two pressed the same button', async () => {
    await ask('Ann');
    await ask('Ben');
    await link('Ann');
    expect(asked).toEqual(['Ann: And rye? (follow:1:0)']);
    await link('Ben');
    expect(asked).toEqual(['Ann: And rye? (follow:1:0)', 'Ben: And rye? (follow:1:0)']);
  });

  it('is asked at once where the link comes while it is being put by', async () => {
    meanwhile = () => link('Ann');
    await ask('Ann');
    expect(asked).toEqual(['Ann: And rye? (follow:1:0)']);
  });

  it('is asked at the next start where the process ended between the link and the asking', async () => {
    await ask('Ann', 'one');
    await ask('Ann', 'two');
    await ask('Ben');
    linked.add('Ann');
    await waiting.resume();
    expect(asked).toEqual(['Ann: And rye? (one)', 'Ann: And rye? (two)']);
    await waiting.resume();
    expect(asked).toHaveLength(2);
  });

  it('that there is no room for any more is told of, not dropped without a word', async () => {
    await ask('Ann', 'one');
    await ask('Ann', 'two');
    answer = { do: 'refused', say: 'I am still at 5 questions of yours.' };
    expect(await link('Ann')).toEqual({ asked: 0, refused: 'I am still at 5 questions of yours.' });
    expect(asked).toHaveLength(2);
  });
});
