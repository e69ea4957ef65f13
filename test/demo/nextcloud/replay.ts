import type { FaultyNextcloud } from '../../servers/nextcloud/server.ts';
import { type Step, unfolded } from './captured.ts';
import { type Got, talkTo } from './talk.ts';

/** Sends the requests of a session again, with this server's own numbers and tokens in place of the old ones. */
export class Replay {
  readonly #server: FaultyNextcloud;
  readonly #tasks = new Map<number, number>();
  readonly #files = new Map<number, number>();
  #poll = '';
  #login = '';

  constructor(server: FaultyNextcloud) {
    this.#server = server;
  }

  async send(step: Step, password?: string): Promise<Got> {
    this.#lead(step);
    const { headers, as } = step;
    const got = await talkTo(this.#server)(this.#path(step.path), {
      method: step.method,
      as,
      ...(password !== undefined && { password }),
      headers: { 'ocs-apirequest': undefined, accept: '*/*', ...headers },
      ...this.#body(step),
    });
    this.#learn(step, got);
    return got;
  }

  /** Presses "Grant access" on the flow that was begun last. */
  grant(): void {
    this.#server.grant(this.#login);
  }

  /** Says that a task of the session is this one here. */
  know(captured: number, here: number): void {
    this.#tasks.set(captured, here);
  }

  #path(path: string): string {
    return path
      .replace(/\/(tasks?)\/(\d+)/, (_, word: string, id: string) => `/${word}/${this.#tasks.get(Number(id)) ?? id}`)
      .replace(/\/file\/(\d+)/, (_, id: string) => `/file/${this.#files.get(Number(id)) ?? id}`);
  }

  #body(step: Step): { body?: unknown } {
    if (step.bytes !== undefined) return { body: Buffer.alloc(step.bytes, 'RIFF') };
    if (step.text !== undefined) return { body: step.text.replace('<POLL_TOKEN>', this.#poll) };
    if (step.json === undefined) return {};
    const text = JSON.stringify(unfolded(step.json)).replace(/"input":(\d{3})\}/, (whole, id: string) => {
      const here = this.#files.get(Number(id));
      return here === undefined ? whole : `"input":${here}}`;
    });
    return { body: text };
  }

  /** Brings each task that the old answer names into the state that it had then. */
  #lead(step: Step): void {
    if (step.method !== 'GET' && !step.path.includes('/cancel')) return;
    for (const old of tasksIn(step.answer.body)) {
      const id = this.#tasks.get(Number(old.id));
      const task = id === undefined ? null : this.#server.world.book.get(id);
      if (task === null) continue;
      if (typeof old.startedAt === 'number') this.#server.start(task.id);
      if (typeof old.progress === 'number' && old.progress > 0 && old.progress < 1)
        this.#server.progress(task.id, old.progress);
      const ended = ['STATUS_SUCCESSFUL', 'STATUS_FAILED', 3, 4].some((status) => status === old.status);
      if (ended) this.#server.finish(task.id);
    }
  }

  #learn(step: Step, got: Got): void {
    const [old] = tasksIn(step.answer.body);
    const [here] = tasksIn({ kind: 'json', json: got.json });
    if (step.path.includes('/schedule') && old !== undefined && here !== undefined) {
      // The old API has numbers of its own; the book's newest task is the work behind it.
      this.#tasks.set(Number(old.id), this.#server.newest());
    }
    const was = imagesOf(old);
    for (const [at, id] of imagesOf(here).entries()) this.#files.set(was[at] ?? 0, id);
    const before = step.answer.headers['oc-fileid'];
    if (before !== undefined)
      this.#files.set(Number.parseInt(before, 10), Number.parseInt(got.headers.get('oc-fileid') ?? '', 10));
    this.#poll = got.json?.poll?.token ?? this.#poll;
    this.#login = got.json?.login ?? this.#login;
  }
}

type Loose = Record<string, unknown>;

function tasksIn(body: unknown): readonly Loose[] {
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape come by.
  const data = (body as any)?.json?.ocs?.data;
  return data?.task !== undefined ? [data.task] : Array.isArray(data?.tasks) ? data.tasks : [];
}

function imagesOf(task: Loose | undefined): readonly number[] {
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape come by.
  const images = (task?.output as any)?.images;
  return Array.isArray(images) ? images : [];
}
