import { expect, it } from 'vitest';
import { Failure, problemOf } from '../../src/chat/errors.ts';
import { createAudit } from '../../src/ops/audit.ts';
import { createLog } from '../../src/ops/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLog('debug', { write: (line) => lines.push(line) }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

it('tells of an error its name, words and origin, and nothing that a library has hung on it', () => {
  const error = Object.assign(new Error('refused with password=hunter22'), {
    code: 'E_REFUSED',
    requestBody: { content: 'what Ann asked' },
    config: { headers: { Authorization: 'Bearer abcdefghijkl' } },
    cause: new TypeError('it said "When will the merger with the other company be told?"'),
  });
  const line = logged((log) => log.warn({ error }, 'failed'));
  expect(line.error).toMatchObject({
    type: 'Error',
    message: 'refused with password=[masked]',
    code: 'E_REFUSED',
    cause: { type: 'TypeError', message: 'it said "52 characters"' },
  });
  expect(JSON.stringify(line)).not.toMatch(/Ann|abcdefgh|hunter/);
  expect(JSON.stringify(line.error)).toContain('log.test.ts');
});

it('tells of what was foreseen its kind and detail', () => {
  const problem = { kind: 'busy', retry: { when: 'later' }, say: 'Wait.', detail: 'x → 429' } as const;
  const line = logged((log) => log.info({ error: new Failure(problem) }, 'failed'));
  expect(line.error).toEqual({ type: 'Failure', message: 'busy: x → 429' });
});

it('tells nothing in the words of what caused it, nor of a parser, which quotes what it read', () => {
  const problem = { kind: 'invalid', retry: { when: 'never' }, say: 'No.', detail: 'send: 400 50035' } as const;
  const cause = Object.assign(new Error('Scheme of Ann’s letter is not known'), { code: '50035' });
  const line = logged((log) => log.warn({ error: new Failure(problem, { cause }) }, 'failed'));
  expect(line.error).toMatchObject({ message: 'invalid: send: 400 50035', cause: { type: 'Error', code: '50035' } });
  const parser = () => logged((log) => log.warn({ error: thrownBy(() => JSON.parse('Ann’s letter')) }, 'failed'));
  expect(parser().error).toMatchObject({ type: 'SyntaxError' });
  expect(problemOf(thrownBy(() => JSON.parse('Ann’s letter'))).detail).toBe('SyntaxError');
  expect(JSON.stringify([line, parser()])).not.toContain('letter');
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

it('takes keys out of details, whoever wrote them, also in the log of one turn', () => {
  const detail = `slack: no_auth sk-${'a1'.repeat(16)}`;
  expect(logged((log) => log.child({ turn: 'x' }).info({ detail }, 'failed')).detail).toBe(
    'slack: no_auth [a key, left out]',
  );
});

it('writes an audit line with ids only, marked as one', () => {
  const line = logged((log) =>
    createAudit(log)({ who: 'slack:T1:U1', what: 'prompt deleted', on: 'p1', result: 'done', count: 2 }),
  );
  expect(line).toMatchObject({ level: 'info', audit: true, who: 'slack:T1:U1', what: 'prompt deleted', on: 'p1' });
  expect(line).toMatchObject({ result: 'done', count: 2 });
});
