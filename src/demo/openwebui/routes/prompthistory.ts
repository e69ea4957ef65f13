import { type Exchange, pageOf, type Reply } from '../exchange.ts';
import { since } from '../profile.ts';
import { diffLines, makerOf, promptFor } from '../promptrows.ts';
import type { Version } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import type { World } from '../world.ts';

/** The versions of a prompt (our reference, openwebui 5). Pages count from 0, twenty each, newest first. */
export function promptHistoryRoutes(world: World): Route[] {
  const readable = ({ user, param }: Exchange) => promptFor(world, user, param('id'), 'read');
  const entry = (exchange: Exchange, id: string | null): Version => {
    const found = readable(exchange).history.find((version) => version.id === id);
    if (found === undefined) throw new Refusal(404, say.notFound);
    return found;
  };

  const list = (exchange: Exchange): Reply => {
    const versions = readable(exchange).history.toReversed();
    const page = pageOf(exchange, 0);
    return {
      json: versions
        .slice(page * 20, page * 20 + 20)
        .map((version) => ({ ...version, user: makerOf(world, version.user_id) })),
    };
  };

  const diff = (exchange: Exchange): Reply => {
    const from = entry(exchange, exchange.query.get('from_id'));
    const to = entry(exchange, exchange.query.get('to_id'));
    return {
      json: {
        from_id: from.id,
        to_id: to.id,
        from_snapshot: from.snapshot,
        to_snapshot: to.snapshot,
        content_diff: diffLines(from, to),
        line_endings_only: false,
        name_changed: from.snapshot.name !== to.snapshot.name,
      },
    };
  };

  const drop = (exchange: Exchange): Reply => {
    const prompt = promptFor(world, exchange.user, exchange.param('id'), 'write');
    const version = entry(exchange, exchange.param('version'));
    if (version.id === prompt.version_id) throw new Refusal(400, 'Cannot delete the active production version');
    world.prompts.put({ ...prompt, history: prompt.history.filter((one) => one.id !== version.id) });
    return { json: true };
  };

  const who = 'verified';
  const base = '/api/v1/prompts/id/:id/history';
  return [
    { method: 'GET', path: base, who, run: list },
    // Before 0.12 this address was taken for a version called "diff", and answered 404.
    ...(since(world.profile, '0.12') ? [{ method: 'GET', path: `${base}/diff`, who, run: diff } satisfies Route] : []),
    {
      method: 'GET',
      path: `${base}/:version`,
      who,
      run: (exchange) => ({ json: entry(exchange, exchange.param('version')) }),
    },
    { method: 'DELETE', path: `${base}/:version`, who, run: drop },
  ];
}
