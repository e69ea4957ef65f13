import { describe, expect, it } from 'vitest';
import type { MessageEvent } from '../../src/chat/events.ts';
import { type Dialogue, isAddressed, type ThreadMode } from '../../src/inbox/addressed.ts';
import { person } from '../person.ts';

const place = { platform: 'test', team: 'T', channel: 'C', thread: '1', kind: 'public' } as const;

function by(id: string, addressed: MessageEvent['addressed']): Pick<MessageEvent, 'addressed' | 'message'> {
  return {
    addressed,
    message: { ref: { place, id: '1' }, author: person(id), text: '', files: [], at: 0, ours: false },
  };
}

/** Who is answered in a joined conversation, message by message. `@ann` is a mention by Ann. */
function answered(mode: ThreadMode, said: readonly string[]): boolean[] {
  let dialogue: Dialogue = { with: null };
  return said.map((who) => {
    const mention = who.startsWith('@');
    const decided = isAddressed(by(who.replace('@', ''), mention ? 'mention' : 'ambient'), mode, true, dialogue);
    dialogue = decided.dialogue;
    return decided.answer;
  });
}

describe('in a conversation Parley takes part in', () => {
  it('one person need not mention it again', () => {
    expect(answered('thread', ['@ann', 'ann', 'ann'])).toEqual([true, true, true]);
  });

  it('it keeps out once somebody else writes, until it is named again', () => {
    expect(answered('thread', ['@ann', 'ben', 'ann', '@ben', 'ben'])).toEqual([true, false, false, true, true]);
  });

  it('mode mention answers only mentions', () => {
    expect(answered('mention', ['@ann', 'ann'])).toEqual([true, false]);
  });

  it('mode always answers everybody', () => {
    expect(answered('always', ['@ann', 'ben', 'cleo'])).toEqual([true, true, true]);
  });
});

describe('elsewhere', () => {
  it('messages that do not name it are left alone, whatever the mode', () => {
    expect(isAddressed(by('ann', 'ambient'), 'always', false, { with: null }).answer).toBe(false);
  });

  it('direct messages are always answered', () => {
    expect(isAddressed(by('ann', 'direct'), 'mention', false, { with: null }).answer).toBe(true);
  });
});
