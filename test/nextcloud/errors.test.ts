import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf, transportFailure } from '../../src/nextcloud/errors.ts';
import { meanings } from '../../src/nextcloud/reasons.ts';

const where = { call: 'POST /ocs/v2.php/taskprocessing/schedule', schedules: true };

function reason(status: number, body: string, contentType: string | null = null, maintenance = false): string {
  return failureOf({ status, body, contentType, maintenance }, where).reason;
}

describe('a refusal', () => {
  test.each([
    [301, '', 'redirect'],
    [308, '<html>', 'redirect'],
    [400, '', 'arguments'],
    [400, '<!DOCTYPE html><html>', 'untrusted-host'],
    [401, '', 'credential'],
    [401, '<html>Authorization required</html>', 'credential'],
    [403, '<html>nginx</html>', 'forbidden'],
    [404, '', 'missing'],
    [404, '<html>nginx</html>', 'not-nextcloud'],
    [404, '404 page not found', 'not-nextcloud'],
    [405, '', 'method'],
    [409, '<d:error/>', 'conflict'],
    [412, '<d:error/>', 'exists'],
    [412, '{"message":"CSRF check failed"}', 'csrf'],
    [412, '{"message":"ExApp required"}', 'app-only'],
    [413, '<html>nginx</html>', 'file-size'],
    [423, '<d:error/>', 'locked'],
    [429, '', 'rate-limit'],
    [429, '<html>nginx</html>', 'throttled'],
    [500, '', 'server-error'],
    [502, '<html>Bad gateway</html>', 'unavailable'],
    [503, '<html>no server</html>', 'unavailable'],
    [503, '', 'unavailable'],
    [504, '', 'unavailable'],
    [507, '<d:error/>', 'quota'],
    [418, '{"broken', 'arguments'],
  ])('%i %s is %s', (status, body, expected) => {
    expect(reason(status, body)).toBe(expected);
  });

  test('without words at another call than the one that schedules is not about tasks', () => {
    const answer = { status: 429, body: '', contentType: null };
    expect(failureOf(answer, { call: 'POST /index.php/login/v2' }).reason).toBe('throttled');
  });

  test('of a credential stays one, whatever words come with it', () => {
    const body = JSON.stringify({
      ocs: { meta: { statuscode: 997, message: 'Unauthorised' }, data: { message: 'No' } },
    });
    expect(reason(401, body)).toBe('credential');
  });

  test('in maintenance is known by its header, whatever its body', () => {
    expect(reason(503, '<html>Maintenance</html>', 'text/html', true)).toBe('maintenance');
  });

  test('in another language still has its reason', () => {
    const body = JSON.stringify({
      ocs: { meta: { statuscode: 400 }, data: { message: 'Der Wert für „input“ fehlt' } },
    });
    expect(reason(400, body)).toBe('input');
    const gone = JSON.stringify({ ocs: { meta: { statuscode: 412 }, data: { message: 'Kein Anbieter vorhanden' } } });
    expect(reason(412, gone)).toBe('not-offered');
  });

  test('of any status and body has one plain sentence, and keeps what the person wrote out of the log', () => {
    const secret = 'Zanzibar';
    const body = fc.oneof(
      fc.constantFrom('', '[]', '{}', 'null', '{"ocs":null}', '<', '<ocs><meta>', '{"ocs":{"meta":[]}}'),
      fc.string(),
      fc.json(),
      fc
        .string()
        .map((text) => JSON.stringify({ ocs: { meta: { statuscode: 400 }, data: { message: text + secret } } })),
      fc
        .string()
        .map((key) => JSON.stringify({ ocs: { meta: {}, data: { message: `Missing key: "${key}" ${secret}` } } })),
      fc.string().map((text) => JSON.stringify({ ocs: { meta: { statuscode: 998, message: text + secret } } })),
      fc.string().map((text) => JSON.stringify({ message: `Invalid query ${text} ${secret}` })),
      fc.constant(`<?xml version="1.0"?><d:error><s:exception>${secret}</s:exception><s:message>${secret}</s:message>`),
    );
    const calls = fc.constantFrom(where, { call: 'GET /ocs/v2.php/taskprocessing/task/7' });
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        body,
        fc.option(fc.string()),
        calls,
        (status, text, contentType, call) => {
          const { problem } = failureOf({ status, body: text, contentType }, call);
          expect(problem.say).toMatch(/[.]$/);
          expect(problem.say).not.toContain(String(status));
          expect(problem.detail.length).toBeLessThan(400);
          expect(problem.detail).not.toContain(secret);
        },
      ),
    );
  });
});

describe('a broken connection', () => {
  test.each([
    ['ECONNREFUSED', false, 'no-connection'],
    ['ENOTFOUND', false, 'no-connection'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'no-connection'],
    ['ECONNRESET', true, 'cut'],
    ['UND_ERR_SOCKET', true, 'cut'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'tls'],
    ['CERT_HAS_EXPIRED', false, 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'tls'],
  ])('with %s is %s %s', (code, begun, expected) => {
    const error = Object.assign(new Error('connect 10.0.0.7:443 with the password'), { code });
    const failed = transportFailure(error, where, begun);
    expect(failed.reason).toBe(expected);
    expect(failed.problem.detail).toBe(`${where.call}: ${code}`);
  });
});

describe('the sentences', () => {
  test.each(Object.entries(meanings))('of %s are plain', (_reason, { say }) => {
    expect(say).toMatch(/^[A-Z]/);
    expect(say).toMatch(/\.$/);
    expect(say).not.toMatch(/OCS|HTTP|JSON|WebDAV|null|undefined|\b\d{3}\b/);
    expect(say.length).toBeLessThan(190);
  });
});
