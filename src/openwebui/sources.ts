import * as z from 'zod';
import type { Source } from '../chat/view.ts';

const word = z.string().min(1).optional().catch(undefined);
const metadata = z.looseObject({ source: word, name: word, title: word, url: word });
const entry = z.looseObject({
  source: z.looseObject({ id: word, name: word, url: word }).catch({}),
  metadata: z.array(metadata.catch({})).catch([]),
});

/** More are not shown; the bound keeps a provider from growing our memory. */
export const maxSources = 500;

/** Gathers the sources of one answer, each once, numbered from 1 in the order of their citation. */
export interface SourceCollector {
  /** Adds what one `sources` frame told; gives all sources so far. What is not understood is left out. */
  add(value: unknown): readonly Source[];
  /** Adds one web page that the provider itself cited. */
  addPage(url: string, name: string | null): readonly Source[];
  readonly all: readonly Source[];
}

/**
 * The server numbers unique source ids in order, the id of a chunk being its metadata's `source`, else the source's own id
 * (our reference, openwebui 3.4, `sources[]`). Numbers here follow the same rule, so that `[2]` in the text is number 2 of the list.
 */
export function sourceCollector(): SourceCollector {
  const known = new Map<string, Source>();
  let all: readonly Source[] = [];
  const put = (id: string, name: string, url: string | null): void => {
    if (known.has(id) || known.size >= maxSources) return;
    known.set(id, { number: known.size + 1, name: name.slice(0, 300), url });
    all = [...known.values()];
  };
  return {
    add(value) {
      for (const raw of Array.isArray(value) ? value : [value]) {
        const parsed = entry.safeParse(raw);
        if (!parsed.success) continue;
        const { source } = parsed.data;
        const chunks = parsed.data.metadata.length > 0 ? parsed.data.metadata : [{}];
        for (const chunk of chunks) {
          const id = chunk.source ?? source.id ?? source.url ?? source.name;
          if (id === undefined) continue;
          const url = pageUrl(chunk.source) ?? pageUrl(chunk.url) ?? pageUrl(source.url);
          const own = chunk.title ?? chunk.name;
          put(id, own ?? (pageUrl(chunk.source) === null ? source.name : undefined) ?? id, url);
        }
      }
      return all;
    },
    addPage(url, name) {
      const page = pageUrl(url);
      if (page !== null) put(url, name ?? url, page);
      return all;
    },
    get all() {
      return all;
    },
  };
}

function pageUrl(text: string | undefined): string | null {
  if (text === undefined || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
}
