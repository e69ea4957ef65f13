import type { Limits } from './buckets.ts';
import type { World } from './world.ts';

/** A file of a multipart body: `files[0]` has index '0'. */
export interface UploadedFile {
  readonly index: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** One REST request as a route sees it. */
export interface Call {
  readonly world: World;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  /** When the whole request had arrived, ms of the server's clock. */
  readonly at: number;
  /** Spends a sublimit, or throws its 429. */
  readonly sublimit: (name: keyof Limits, key: string, code?: number) => void;
}

export interface Reply {
  readonly status: number;
  /** undefined sends no body. */
  readonly body?: unknown;
}

/** One route. `:name` in the path is a parameter; `major` is the one that splits its bucket. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly bucket: keyof Limits;
  readonly major?: string;
  /** True for interaction callbacks and their webhooks: no bot token, not under the global limit. */
  readonly byToken?: boolean;
  readonly run: (call: Call) => Reply | Promise<Reply>;
}

/** A parameter that the path certainly has. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

/** Finds the route for a path; ids must be snowflakes of 17 to 19 digits, as Discord's are. */
export function match(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  const parts = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const wanted = route.path.split('/');
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((want, at) => {
      const got = decodeURIComponent(parts[at] ?? '');
      if (!want.startsWith(':')) return want === got;
      params[want.slice(1)] = got;
      return textual.has(want) ? got !== '' : /^\d{17,19}$/.test(got);
    });
    if (fits) return { route, params };
  }
  return null;
}

/** Parameters that are not ids. */
const textual = new Set([':token', ':emoji', ':who']);
