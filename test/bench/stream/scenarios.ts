import type { Rate } from '../../../src/chat/limits.ts';

/** The platforms that the bench knows. */
export type PlatformName = 'Discord' | 'Slack';

/** So many answers in one scope of a platform, and what is enforced there. */
export interface Scenario {
  /** Unique, and what tables show. */
  readonly name: string;
  readonly platform: PlatformName;
  readonly replies: number;
  /** How long each model writes, in seconds. */
  readonly seconds: number;
  /** Characters a second of each answer when they are all the same; null spreads them over 60 to 400. */
  readonly speed: number | null;
  /** What the server enforces for edits (Slack: the workspace; Discord: the channel) and for new messages (of each channel). */
  readonly edits: Rate;
  readonly posts: Rate;
  /** What the bot takes the limit for edits to be before it learns better. */
  readonly believed: Rate;
  /** Answers begin this far apart, in seconds. The bound is about answers that run together, so it is not drawn then. */
  readonly apart: number;
  /** Each row has one of these: at the published limits, at lower ones that the bot does not know of, or begun one after the other. */
  readonly kind: 'nominal' | 'lower' | 'apart';
}

/** A call takes so long until the server has carried it out, in milliseconds; its answer follows at once. */
export const LATENCY = { min: 100, max: 200 } as const;

/** Discord: 5 edits per 5 s and channel, and as many new messages (our reference, discord 1.6). */
const DISCORD: Rate = { burst: 5, perSecond: 1 };
/** Slack: `chat.update`, tier 3: 50 a minute and workspace; how many at once is not published (our reference, slack 2.1). */
const SLACK: Rate = { burst: 10, perSecond: 50 / 60 };
const SLACK_STRICT: Rate = { burst: 1, perSecond: 50 / 60 };
/** Slack: `chat.postMessage`, about one a second and channel. */
const SLACK_POSTS: Rate = { burst: 5, perSecond: 1 };
/** The speed of an answer alone: the middle of those that are mixed. */
const ALONE = 230;

type Differs = Partial<Scenario> & Pick<Scenario, 'name' | 'replies'>;

function discord(more: Differs): Scenario {
  const usual = {
    platform: 'Discord',
    seconds: 20,
    apart: 0,
    kind: 'nominal',
    edits: DISCORD,
    posts: DISCORD,
  } as const;
  return { ...usual, believed: DISCORD, speed: more.replies === 1 ? ALONE : null, ...more };
}

function slack(more: Differs): Scenario {
  const usual = {
    platform: 'Slack',
    seconds: 20,
    apart: 0,
    kind: 'nominal',
    edits: SLACK,
    posts: SLACK_POSTS,
  } as const;
  return { ...usual, believed: more.edits ?? SLACK, speed: more.replies === 1 ? ALONE : null, ...more };
}

/** 20,000 characters at the highest speed. */
const LONG = { replies: 1, speed: 400, seconds: 50 };

/** Every scenario, the longest first, so that nothing long is left for the end. */
export const SCENARIOS: readonly Scenario[] = [
  discord({ name: 'Discord, 20,000 characters', ...LONG }),
  slack({ name: 'Slack, 20,000 characters', ...LONG }),
  discord({ name: 'Discord, 4 replies 6 s apart', replies: 4, apart: 6, kind: 'apart' }),
  slack({ name: 'Slack, 3 replies 6 s apart', replies: 3, apart: 6, kind: 'apart' }),
  slack({ name: 'Slack, 15 replies, burst 1', replies: 15, edits: SLACK_STRICT }),
  slack({ name: 'Slack, 15 replies', replies: 15 }),
  discord({ name: 'Discord, 10 replies', replies: 10 }),
  slack({
    name: 'Slack, 5 replies at half the limits',
    replies: 5,
    kind: 'lower',
    edits: { burst: 5, perSecond: 25 / 60 },
    posts: { burst: 3, perSecond: 0.5 },
    believed: SLACK,
  }),
  slack({
    name: 'Slack, 5 replies, burst 1 not known',
    replies: 5,
    kind: 'lower',
    edits: SLACK_STRICT,
    believed: SLACK,
  }),
  discord({
    name: 'Discord, 4 replies at half the limits',
    replies: 4,
    kind: 'lower',
    edits: { burst: 5, perSecond: 0.5 },
    posts: { burst: 5, perSecond: 0.5 },
  }),
  slack({ name: 'Slack, 5 replies, burst 1', replies: 5, edits: SLACK_STRICT }),
  slack({ name: 'Slack, 5 replies', replies: 5 }),
  discord({ name: 'Discord, 4 replies', replies: 4 }),
  slack({ name: 'Slack, 1 reply, burst 1', replies: 1, edits: SLACK_STRICT }),
  slack({ name: 'Slack, 1 reply', replies: 1 }),
  discord({ name: 'Discord, 1 reply', replies: 1 }),
];

/** Fewer and shorter ones, for a look during work: the figures are not those of the whole run. */
export const QUICK: readonly Scenario[] = SCENARIOS.filter((one) =>
  ['Discord, 1 reply', 'Discord, 4 replies', 'Slack, 1 reply', 'Slack, 5 replies'].includes(one.name),
).map((one) => ({ ...one, seconds: 12 }));

/** One short scenario on each platform, for the test of the bench itself. */
export const BRIEF: readonly Scenario[] = [
  discord({ name: 'Discord, brief', replies: 2, seconds: 3 }),
  slack({ name: 'Slack, brief', replies: 2, seconds: 3 }),
];

/** Characters a second of each answer of a scenario: spread evenly over 60 to 400, in an order that is not by speed. */
export function speedsOf({ replies, speed }: Scenario): readonly number[] {
  if (speed !== null) return Array.from({ length: replies }, () => speed);
  const order = Array.from({ length: replies }, (_, at) => at).sort((a, b) => mixed(a) - mixed(b));
  return order.map((at) => 60 + (340 * at) / Math.max(1, replies - 1));
}

function mixed(at: number): number {
  return (at * 7 + 3) % 11;
}
