import { type Profile, since } from './profile.ts';
import { empty, type Reply, requestId } from './reply.ts';
import { ocsXml } from './xml.ts';

/** How one request wants to be answered by the OCS: version of the path, JSON or XML, and whether the release listens. */
export interface Dialect {
  /** An answer of a controller. */
  ok(data: unknown): Reply;
  /** A controller's refusal: the text stands in the data, the envelope's message is empty. */
  problem(status: number, message: string): Reply;
  /** A refusal of what stands before the controllers, in the envelope and with no data. */
  refused(status: number, message: string, code?: number): Reply;
  /** A refusal of the entry script, before any app is asked. 27 and 28 do not look at `Accept` here. */
  early(status: number, code: number, message: string, headers?: Readonly<Record<string, string>>): Reply;
  /** 405: a type and no body. */
  wrongMethod(): Reply;
  /** An argument is missing or of the wrong kind. */
  badArgument(): Reply;
  /** Headers that say who is logged in; 32 and later. */
  who(reply: Reply, userId: string | null): Reply;
}

/** Reads the wish of a request. */
export function dialectOf(profile: Profile, path: string, format: string | null, accept: string): Dialect {
  const v1 = path.startsWith('/ocs/v1.php');
  const modern = since(profile, 32);
  const asked = format === 'json' || format === 'xml' ? format : null;
  const accepted = /application\/json/.test(accept) ? 'json' : 'xml';
  const late = asked ?? accepted;
  const first = asked ?? (modern ? accepted : 'xml');

  const envelope = (status: number, code: number, message: string, data: unknown) => ({
    meta: {
      status: status < 400 ? 'ok' : 'failure',
      statuscode: v1 && status === 200 ? 100 : code,
      message,
      ...(v1 && { totalitems: '', itemsperpage: '' }),
    },
    data,
  });
  // The first version answers 200 whatever happens, except to somebody who is not logged in.
  const statusOf = (status: number) => (v1 && status !== 401 ? 200 : status);
  const controller = (status: number, code: number, message: string, data: unknown): Reply => {
    const ocs = envelope(status, code, message, data);
    return {
      status: statusOf(status),
      type: late === 'json' ? 'application/json; charset=utf-8' : 'application/xml; charset=utf-8',
      body: late === 'json' ? JSON.stringify({ ocs }) : ocsXml(ocs),
      headers: { 'x-request-id': requestId() },
    };
  };
  const script: Dialect['early'] = (status, code, message, headers = {}) => {
    const ocs = envelope(status, modern || code === 997 ? code : status, message, []);
    return {
      status: statusOf(status),
      type: first === 'json' ? 'application/json; charset=utf-8' : 'text/xml; charset=UTF-8',
      body: first === 'json' ? JSON.stringify({ ocs }) : ocsXml(ocs),
      headers: { ...(modern && { 'x-request-id': requestId() }), ...headers },
    };
  };

  return {
    ok: (data) => controller(200, 200, 'OK', data),
    problem: (status, message) => controller(status, status, '', { message }),
    refused: (status, message, code = status) => controller(status, code, message, []),
    early: script,
    wrongMethod: () => ({
      status: 405,
      type: first === 'json' ? 'application/json; charset=utf-8' : 'text/xml; charset=UTF-8',
      body: '',
    }),
    badArgument: () => (since(profile, 33) ? empty(400) : script(500, 996, 'Internal Server Error\n')),
    who: (reply, userId) =>
      modern && userId !== null ? { ...reply, headers: { ...reply.headers, 'x-user-id': userId } } : reply,
  };
}
