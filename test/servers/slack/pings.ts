import { visibleTexts } from './body.ts';
import { isObject, type Json, text } from './json.ts';
import type { Ping } from './model.ts';
import { changed, keep, type World } from './world.ts';

/** A body whose mentions are to be counted. `link` is true where Slack would link plain `@channel` (parse=full, link_names). */
export interface PingSource {
  readonly via: string;
  readonly channel: string | null;
  readonly ts: string | null;
  readonly texts: readonly { text: string; where: string }[];
  readonly blocks?: readonly Json[];
  readonly link?: boolean;
}

const BROADCAST = /<!(channel|here|everyone|group)(?:\|[^>]*)?>/gi;
const SUBTEAM = /<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/gi;
const USER = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/gi;
const PLAIN = /(?<![\w@])@(channel|here|everyone|group)\b/gi;

/**
 * Records everyone whom this body would notify. It is strict on purpose: a live token counts wherever a reader could see it,
 * also in code, in a plain_text object, on a button and in a title, and also in an edit, although Slack notifies for fewer of these.
 */
export function recordPings(world: World, source: PingSource): void {
  const texts = [...source.texts, ...visibleTexts(spoken(source.blocks ?? []), '/blocks')];
  for (const piece of texts)
    for (const hit of tokens(piece.text, source.link === true)) record(world, source, hit, piece.where);
  for (const hit of richMentions(source.blocks ?? [])) record(world, source, hit, '/blocks (rich_text)');
}

/** Blocks without their rich text: there a mention is an element of its own, and text is only text. */
function spoken(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spoken);
  if (!isObject(value)) return value;
  if (value.type === 'rich_text') return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spoken(inner)]));
}

interface Hit {
  kind: Ping['kind'];
  id: string;
  spelling: string;
}

function tokens(body: string, link: boolean): Hit[] {
  const broadcasts = [...body.matchAll(BROADCAST), ...(link ? body.matchAll(PLAIN) : [])];
  return [
    ...broadcasts.map((match) => ({ kind: broadcastKind(match[1] ?? ''), id: '', spelling: match[0] })),
    ...[...body.matchAll(SUBTEAM)].map((match) => ({
      kind: 'subteam' as const,
      id: match[1] ?? '',
      spelling: match[0],
    })),
    ...[...body.matchAll(USER)].map((match) => ({ kind: 'user' as const, id: match[1] ?? '', spelling: match[0] })),
  ];
}

function broadcastKind(name: string): 'channel' | 'here' | 'everyone' {
  const lower = name.toLowerCase();
  return lower === 'here' || lower === 'everyone' ? lower : 'channel';
}

function richMentions(value: unknown): Hit[] {
  if (Array.isArray(value)) return value.flatMap(richMentions);
  if (!isObject(value)) return [];
  const spelling = JSON.stringify(value);
  if (value.type === 'broadcast') return [{ kind: broadcastKind(text(value.range)), id: '', spelling }];
  if (value.type === 'user') return [{ kind: 'user', id: text(value.user_id), spelling }];
  if (value.type === 'usergroup') return [{ kind: 'subteam', id: text(value.usergroup_id), spelling }];
  return Object.values(value).flatMap(richMentions);
}

function record(world: World, source: PingSource, hit: Hit, where: string): void {
  const { via, channel, ts } = source;
  const { kind, spelling } = hit;
  keep(world.pings, {
    at: world.clock.now(),
    via,
    channel,
    ts,
    kind,
    spelling,
    where,
    people: notified(world, channel, hit),
  });
  changed(world);
}

function notified(world: World, channel: string | null, hit: Hit): string[] {
  const people = [...world.users.values()].filter((user) => !user.isBot && !user.deleted);
  const members = people.filter((user) => channel !== null && world.channels.get(channel)?.members.has(user.id));
  const wanted = {
    channel: members,
    here: members.filter((user) => user.presence === 'active'),
    everyone: people,
    subteam: people.filter((user) => world.subteams.get(hit.id)?.includes(user.id)),
    user: people.filter((user) => user.id === hit.id.toUpperCase()),
  };
  return wanted[hit.kind].map((user) => user.id);
}
