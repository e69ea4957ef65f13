import { Failure } from '../../src/chat/errors.ts';
import type { MessageRef } from '../../src/chat/places.ts';
import { type Api, done } from './api.ts';
import names from './emoji.json' with { type: 'json' };
import { slackFailure, slackWord } from './errors.ts';

/** Slack's names by code points, without variation selectors; a `*` at the end of those that come in skin tones. */
const NAMES = new Map<string, string>(Object.entries(names));

const VARIATION = 0xfe0f;
const FIRST_TONE = 0x1f3fb;
const LAST_TONE = 0x1f3ff;

/** The name by which Slack calls one emoji (`thumbsup::skin-tone-3`); null for one it does not have. Pure. */
export function emojiName(emoji: string): string | null {
  const codes = [...emoji].map((char) => char.codePointAt(0) ?? 0).filter((code) => code !== VARIATION);
  const tones = new Set(codes.filter((code) => code >= FIRST_TONE && code <= LAST_TONE));
  const bare = codes.filter((code) => !tones.has(code));
  const key = (points: readonly number[]) => points.map((code) => code.toString(16)).join('-');
  const name = NAMES.get(key(bare)) ?? NAMES.get(key(codes));
  if (name === undefined) return null;
  const [tone, another] = tones;
  const plain = name.replace(/\*$/, '');
  // Slack has one tone for a whole emoji; two people in two tones go without.
  if (tone === undefined || another !== undefined || plain === name) return plain;
  return `${plain}::skin-tone-${tone - FIRST_TONE + 2}`;
}

/** Puts the bot's reaction on a message or takes it off. Already so is success. */
export async function react(api: Api, ref: MessageRef, emoji: string, on: boolean): Promise<void> {
  const name = emojiName(emoji);
  if (name === null) throw slackFailure('invalid', 'no such emoji at Slack');
  const wanted = { channel: ref.place.channel, timestamp: ref.id, name };
  try {
    await api.call(on ? 'reactions.add' : 'reactions.remove', wanted, done);
  } catch (error) {
    const already = slackWord(error) === (on ? 'already_reacted' : 'no_reaction');
    if (!already || !(error instanceof Failure)) throw error;
  }
}
