/** An answer in Discord's error shape. Thrown by a route, caught and written by the router. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: Record<string, unknown> | null;
  readonly headers: Record<string, string>;
  readonly extra: Record<string, unknown>;

  constructor(
    status: number,
    code: number,
    message: string,
    more: {
      errors?: Record<string, unknown>;
      headers?: Record<string, string>;
      extra?: Record<string, unknown>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = more.errors ?? null;
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }

  /** The body as it goes over the wire. */
  body(): Record<string, unknown> {
    return {
      message: this.message,
      code: this.code,
      ...(this.errors === null ? {} : { errors: this.errors }),
      ...this.extra,
    };
  }
}

const table = {
  unauthorized: [401, 0, '401: Unauthorized'],
  notFound: [404, 0, '404: Not Found'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownEmoji: [400, 10014, 'Unknown Emoji'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  tooManyReactions: [400, 30010, 'Maximum number of reactions reached (20)'],
  tooManyCommands: [400, 30032, 'Maximum number of application commands reached (100)'],
  tooManyCommandCreates: [400, 30034, 'Max number of daily application command creates has been reached (200)'],
  tooLarge: [413, 40005, 'Request entity too large'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  followUpsUsedUp: [400, 40094, 'This interaction has reached the maximum number of follow up messages'],
  missingAccess: [403, 50001, 'Missing Access'],
  notInDirectMessages: [403, 50003, 'Cannot execute action on a DM channel'],
  notTheAuthor: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  cannotReachUser: [403, 50007, 'Cannot send messages to this user'],
  notATextChannel: [400, 50008, 'Cannot send messages in a non-text channel'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  systemMessage: [403, 50021, 'Cannot execute action on this system message'],
  wrongChannelType: [400, 50024, 'Cannot execute action on this channel type'],
  tokenExpired: [401, 50027, 'Invalid Webhook Token'],
  badVersion: [400, 50041, 'Invalid API version provided'],
  threadArchived: [400, 50083, 'Thread is archived'],
  invalidJson: [400, 50109, 'The request body contains invalid JSON.'],
  noReadHistory: [400, 160002, 'Cannot reply without permission to read message history'],
  threadExists: [400, 160004, 'A thread has already been created for this message'],
  threadLocked: [400, 160005, 'Thread is locked'],
  tooManyThreads: [400, 160006, 'Maximum number of active threads reached'],
} as const satisfies Record<string, readonly [number, number, string]>;

/** Names of the plain refusals, each with Discord's status, code and words. */
export type Refusal = keyof typeof table;

/** One of Discord's plain refusals. */
export function refuse(name: Refusal): ApiError {
  const [status, code, message] = table[name];
  return new ApiError(status, code, message);
}

/** One fault of a form body: where it is, Discord's name for it and a sentence. */
export interface FormFault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** 400 with code 50035 and the nested `errors` object that Discord builds. */
export function invalidForm(faults: readonly FormFault[]): ApiError {
  const root: Record<string, unknown> = {};
  for (const fault of faults) {
    let node = root;
    for (const step of fault.path) {
      const next = node[step];
      const child: Record<string, unknown> = isRecord(next) ? next : {};
      node[step] = child;
      node = child;
    }
    const list = node._errors;
    const entry = { code: fault.code, message: fault.message };
    node._errors = Array.isArray(list) ? [...list, entry] : [entry];
  }
  return new ApiError(400, 50035, 'Invalid Form Body', { errors: root });
}

/** A single form fault. */
export function invalidField(path: readonly (string | number)[], code: string, message: string): ApiError {
  return invalidForm([{ path, code, message }]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
