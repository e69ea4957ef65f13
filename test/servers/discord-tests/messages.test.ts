import { describe, expect, test } from 'vitest';
import { stage, stillClock } from './stage.ts';

describe('creating messages', () => {
  test('2000 characters pass and 2001 are refused with 50035 at the content field', async () => {
    const { ask, channel } = await stage();
    const path = `/channels/${channel.id}/messages`;
    expect((await ask('POST', path, { content: 'x'.repeat(2000) })).status).toBe(200);
    const refused = await ask('POST', path, { content: 'x'.repeat(2001) });
    expect([refused.status, refused.code]).toEqual([400, 50035]);
    expect(refused.body.errors).toHaveProperty('content._errors');
  });

  test.each([{}, { content: '' }, { content: ' \n ' }, { content: null, embeds: [{}] }])(
    '%j is empty: 50006',
    async (body) => {
      const { ask, channel } = await stage();
      const refused = await ask('POST', `/channels/${channel.id}/messages`, body);
      expect([refused.status, refused.code]).toEqual([400, 50006]);
    },
  );

  test('text is trimmed as Discord trims it', async () => {
    const { ask, channel } = await stage();
    expect((await ask('POST', `/channels/${channel.id}/messages`, { content: '\n hi  ' })).body.content).toBe('hi');
  });

  test('embeds are held to 4096 each and 6000 together', async () => {
    const { ask, channel } = await stage();
    const path = `/channels/${channel.id}/messages`;
    expect((await ask('POST', path, { embeds: [{ description: 'x'.repeat(4096) }] })).status).toBe(200);
    expect((await ask('POST', path, { embeds: [{ description: 'x'.repeat(4097) }] })).code).toBe(50035);
    const pair = [{ description: 'x'.repeat(3001) }, { description: 'x'.repeat(3000) }];
    const refused = await ask('POST', path, { embeds: pair });
    expect(JSON.stringify(refused.body)).toContain('MAX_EMBED_SIZE_EXCEEDED');
  });

  test('an enforced nonce gives back the first message within two minutes, and a second one later', async () => {
    const clock = stillClock();
    const { ask, channel, server } = await stage({ clock });
    const path = `/channels/${channel.id}/messages`;
    const body = { content: 'once', nonce: 'abc', enforce_nonce: true };
    const first = await ask('POST', path, body);
    expect((await ask('POST', path, body)).body.id).toBe(first.body.id);
    clock.advance(121_000);
    expect((await ask('POST', path, body)).body.id).not.toBe(first.body.id);
    expect(server.world.messagesIn(channel.id)).toHaveLength(2);
  });

  test('without enforce_nonce the same nonce makes two messages; over 25 characters it is refused', async () => {
    const { ask, channel, server } = await stage();
    const path = `/channels/${channel.id}/messages`;
    await ask('POST', path, { content: 'a', nonce: 'abc' });
    await ask('POST', path, { content: 'a', nonce: 'abc' });
    expect(server.world.messagesIn(channel.id)).toHaveLength(2);
    expect((await ask('POST', path, { content: 'a', nonce: 'x'.repeat(26) })).code).toBe(50035);
  });

  test('a reply to a deleted message is refused, or becomes a plain message when asked so', async () => {
    const { ask, ann, channel, server } = await stage();
    const gone = server.people.say(ann, channel, 'hi');
    server.people.delete(gone);
    const reply = (fail: boolean) =>
      ask('POST', `/channels/${channel.id}/messages`, {
        content: 'a',
        message_reference: { message_id: gone.id, fail_if_not_exists: fail },
      });
    expect((await reply(true)).code).toBe(50035);
    const plain = await reply(false);
    expect([plain.status, plain.body.type]).toEqual([200, 0]);
  });

  test('a reply carries the message it answers', async () => {
    const { ask, ann, channel, server } = await stage();
    const question = server.people.say(ann, channel, 'why?');
    const { body } = await ask('POST', `/channels/${channel.id}/messages`, {
      content: 'because',
      message_reference: { message_id: question.id },
    });
    expect(body).toMatchObject({ type: 19, referenced_message: { content: 'why?', author: { username: 'ann' } } });
  });

  test('a voice-less place: categories and forums take no messages', async () => {
    const { ask, guild, server } = await stage();
    const forum = server.people.channel(guild, 'help', { kind: 'forum' });
    expect((await ask('POST', `/channels/${forum.id}/messages`, { content: 'x' })).code).toBe(50008);
  });

  test('someone who takes no direct messages cannot be written to: 50007', async () => {
    const { ask, bob, server } = await stage();
    const opened = await ask('POST', '/users/@me/channels', { recipient_id: bob.id });
    expect(opened.body).toMatchObject({ type: 1, recipients: [{ id: bob.id }] });
    server.world.closedToMessages.add(bob.id);
    expect((await ask('POST', `/channels/${String(opened.body.id)}/messages`, { content: 'x' })).code).toBe(50007);
  });
});

describe('reading messages', () => {
  test('before, after, around and limit pick as Discord picks, newest first', async () => {
    const { ask, ann, channel, server } = await stage();
    const said = ['0', '1', '2', '3', '4', '5'].map((text) => server.people.say(ann, channel, text));
    const texts = async (query: string) => {
      const { body } = await ask('GET', `/channels/${channel.id}/messages?${query}`);
      return Array.isArray(body) ? body.map((one) => one.content) : body;
    };
    expect(await texts('limit=2')).toEqual(['5', '4']);
    expect(await texts(`limit=2&before=${said[3]?.id}`)).toEqual(['2', '1']);
    expect(await texts(`limit=2&after=${said[1]?.id}`)).toEqual(['3', '2']);
    expect(await texts(`limit=3&around=${said[2]?.id}`)).toEqual(['3', '2', '1']);
    expect((await ask('GET', `/channels/${channel.id}/messages?limit=101`)).code).toBe(50035);
  });

  test('deleted messages answer 10008, unknown channels 10003, and are not listed', async () => {
    const { ask, ann, channel, server } = await stage();
    const gone = server.people.say(ann, channel, 'x');
    server.people.delete(gone);
    expect((await ask('GET', `/channels/${channel.id}/messages/${gone.id}`)).code).toBe(10008);
    expect((await ask('GET', `/channels/${channel.id}/messages`)).body).toEqual([]);
    expect((await ask('GET', `/channels/${ann.id}/messages`)).code).toBe(10003);
  });

  test('ids that are no snowflakes find no route', async () => {
    const { ask } = await stage();
    expect((await ask('GET', '/channels/123/messages')).status).toBe(404);
  });

  test('without the portal’s grant what others say is blank, except in direct messages, mentions and one’s own', async () => {
    const { ask, ann, channel, server, send } = await stage({ messageContent: false });
    const me = server.world.app.user.id;
    server.people.say(ann, channel, 'secret', { files: [{ name: 'a.txt', bytes: 'x' }] });
    server.people.say(ann, channel, `<@${me}> open`);
    await send('mine');
    const { body } = await ask('GET', `/channels/${channel.id}/messages`);
    const list = Array.isArray(body) ? body : [];
    expect(list.map((one) => one.content)).toEqual(['mine', `<@${me}> open`, '']);
    expect(list[2]?.attachments).toEqual([]);
    const direct = server.people.direct(ann);
    server.people.say(ann, direct, 'between us');
    const own = await ask('GET', `/channels/${direct.id}/messages`);
    expect(JSON.stringify(own.body)).toContain('between us');
  });
});

describe('changing messages', () => {
  test('an edit keeps what it does not name and is written to the history with its time', async () => {
    const clock = stillClock();
    const { ask, channel, server, send } = await stage({ clock });
    const made = await send('one');
    clock.advance(1500);
    const edited = await ask('PATCH', `/channels/${channel.id}/messages/${made.id}`, { embeds: [{ title: 't' }] });
    expect(edited.body).toMatchObject({ content: 'one', embeds: [{ title: 't' }] });
    expect(made.history.map((one) => [one.at - made.createdAt, one.by])).toEqual([
      [0, 'create'],
      [1500, 'edit'],
    ]);
    expect(server.world.messagesIn(channel.id)).toHaveLength(1);
  });

  test('others’ messages cannot be edited: 50005', async () => {
    const { ask, ann, channel, server } = await stage();
    const other = server.people.say(ann, channel, 'x');
    const refused = await ask('PATCH', `/channels/${channel.id}/messages/${other.id}`, { content: 'y' });
    expect([refused.status, refused.code]).toEqual([403, 50005]);
  });

  test('an edit that leaves nothing is refused with 50006', async () => {
    const { ask, channel, send } = await stage();
    const made = await send('x');
    expect((await ask('PATCH', `/channels/${channel.id}/messages/${made.id}`, { content: '' })).code).toBe(50006);
  });

  test('messages over an hour old: the fourth edit in 20 s is 429 with code 30046', async () => {
    const clock = stillClock();
    const { ask, channel, send } = await stage({ clock });
    const made = await send('old');
    clock.advance(3_600_001);
    const edit = () => ask('PATCH', `/channels/${channel.id}/messages/${made.id}`, { content: 'new' });
    for (let at = 0; at < 3; at += 1) expect((await edit()).status).toBe(200);
    const refused = await edit();
    expect([refused.status, refused.code]).toEqual([429, 30046]);
    expect(refused.headers.get('retry-after')).toBe('20');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('1');
    clock.advance(20_000);
    expect((await edit()).status).toBe(200);
  });

  test('deleting others’ messages needs ManageMessages', async () => {
    const { ask, ann, channel, guild, server } = await stage();
    const other = server.people.say(ann, channel, 'x');
    const path = `/channels/${channel.id}/messages/${other.id}`;
    expect((await ask('DELETE', path)).code).toBe(50013);
    const role = [...guild.roles.values()].find((one) => one.name === 'parley');
    if (role === undefined) throw new Error('no role');
    server.people.permit(guild, role, ['ManageMessages']);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect(other.deletedAt).not.toBeNull();
  });
});
