/** An HTTP answer that ends the request: thrown by a route, written by the router. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, detail: unknown) {
    super(`${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = { detail };
  }
}

/** The server's own sentences, word for word, since clients tell errors apart by them (our reference, openwebui 1). */
export const say = {
  notAuthenticated: 'Not authenticated',
  expired: 'Your session has expired or the token is invalid. Please sign in again.',
  unauthorized: '401 Unauthorized',
  keysOff: 'Use of API key is not enabled in the environment.',
  prohibited: 'You do not have permission to access this resource. Please contact your administrator for assistance.',
  humanOnly: 'A human session is required.',
  notFound: "We could not find what you're looking for :/",
  wrong: 'Something went wrong :/',
  badLogin: 'The email or password provided is incorrect. Please check for typos and try logging in again.',
  commandTaken: 'Uh-oh! This command is already registered. Please choose another command string.',
  noKey:
    "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access this feature.",
  notProcessed:
    'Extracted content is not available for this file. Please ensure that the file is processed before proceeding.',
  empty: 'The content provided is empty. Please ensure that there is text or data present before proceeding.',
  taken: 'Message already exists or has an invalid ID.',
  orphan: 'Parent message no longer exists.',
} as const;
