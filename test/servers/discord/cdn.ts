import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Attachment } from './records.ts';
import type { Clock } from './snowflakes.ts';
import type { Links } from './world.ts';

/** How long a download link works: Discord's last about a day. */
const linkMs = 24 * 3_600_000;

/** One download. `authorized` must never be true: no token belongs on the download host. */
export interface Download {
  readonly at: number;
  readonly path: string;
  readonly authorized: boolean;
  readonly status: number;
}

/** The download host: signed links that expire, as Discord's `ex`, `is` and `hm`. */
export class Cdn implements Links {
  readonly downloads: Download[] = [];
  /** Where the host listens; set once it does. */
  base = '';
  /** Called for each download before it is answered; return true when it answered by itself (a redirect, a hang). */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly #clock: Clock;
  readonly #secret = randomBytes(16).toString('hex');
  readonly #find: (id: string) => Attachment | undefined;

  constructor(clock: Clock, find: (id: string) => Attachment | undefined) {
    this.#clock = clock;
    this.#find = find;
  }

  sign(file: Attachment): string {
    const now = this.#clock.now();
    const until = Math.floor((now + linkMs) / 1000).toString(16);
    const path = `/attachments/${file.channelId}/${file.id}/${file.filename}`;
    return `${this.base}${path}?ex=${until}&is=${Math.floor(now / 1000).toString(16)}&hm=${this.#seal(path, until)}&`;
  }

  /** Answers one download: 404 with Discord's words when the link is wrong, expired or its file unknown. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const [, kind, , id] = url.pathname.split('/');
    const file = kind === 'attachments' ? this.#find(id ?? '') : undefined;
    const until = url.searchParams.get('ex') ?? '';
    const sound = url.searchParams.get('hm') === this.#seal(url.pathname, until);
    const fresh = Number.parseInt(until, 16) * 1000 > this.#clock.now();
    const status = file !== undefined && sound && fresh ? 200 : 404;
    this.downloads.push({
      at: this.#clock.now(),
      path: url.pathname,
      authorized: request.headers.authorization !== undefined,
      status,
    });
    if (this.downloads.length > 5000) this.downloads.splice(0, 1000);
    if (this.intercept(request, response)) return;
    if (status === 404 || file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('This content is no longer available.');
      return;
    }
    response.writeHead(200, { 'content-type': file.contentType, 'content-length': String(file.bytes.length) });
    response.end(file.bytes);
  }

  #seal(path: string, until: string): string {
    return createHash('sha256').update(`${this.#secret} ${path} ${until}`).digest('hex');
  }
}
