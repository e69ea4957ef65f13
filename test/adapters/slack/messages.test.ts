import { describe, expect, it } from 'vitest';
import { place, stage } from './stage.ts';

describe('what people write', () => {
  it('begins a thread with each direct message', async () => {
    const { slack, ann, event } = await stage();
    const dm = slack.people.dm(ann);
    const said = slack.people.say(ann, dm, 'hello');
    const heard = await event('message');
    expect(heard.addressed).toBe('direct');
    expect(heard.message.text).toBe('hello');
    expect(heard.message.author).toMatchObject({ name: 'ann', timezone: 'Europe/Berlin', locale: 'de-DE', bot: false });
    expect(heard.message.ref).toEqual({ place: place(slack, dm.id, null, 'direct'), id: said.ts });
    expect(heard.conversation).toEqual(place(slack, dm.id, said.ts, 'direct'));
  });

  it('keeps a direct conversation flat when set so', async () => {
    const { slack, ann, event } = await stage({ adapter: { direct: 'flat' } });
    const dm = slack.people.dm(ann);
    slack.people.say(ann, dm, 'hello');
    expect((await event('message')).conversation.thread).toBeNull();
  });

  it('takes a mention in once, though Slack tells it twice', async () => {
    const { slack, ann, channel, core, event } = await stage();
    const said = slack.people.say(ann, channel, `<@${slack.botUserId}> what is up?`);
    const heard = await event('message');
    expect(heard.addressed).toBe('mention');
    expect(heard.message.text).toBe('what is up?');
    expect(heard.conversation).toEqual(place(slack, channel, said.ts));
    await slack.watch.until(() => slack.deliveries.filter((one) => one.ackedAt !== null).length === 2);
    expect(core.events).toHaveLength(1);
    expect(heard.key).toBe(['message', 'slack', slack.teamId, channel, said.ts].map(encodeURIComponent).join(':'));
  });
});
