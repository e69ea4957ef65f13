import { expect, test } from 'vitest';
import { stage } from './stage.ts';

test('without allowed_mentions everything in the text pings, the replied author included', async () => {
  const { ask, ann, bob, channel, guild, server } = await stage();
  const role = server.people.role(guild, 'crew', { mentionable: true });
  const question = server.people.say(ann, channel, 'q');
  await ask('POST', `/channels/${channel.id}/messages`, {
    content: `<@${bob.id}> <@&${role.id}> @everyone @here`,
    message_reference: { message_id: question.id },
  });
  expect(server.pings.map((one) => [one.kind, one.target, one.permitted])).toEqual([
    ['user', bob.id, true],
    ['role', role.id, true],
    ['everyone', guild.id, false],
    ['here', guild.id, false],
    ['reply', ann.id, true],
  ]);
});

test('parse: [] pings nobody, whatever the text says', async () => {
  const { ask, ann, bob, channel, server } = await stage();
  const question = server.people.say(ann, channel, 'q');
  const { body } = await ask('POST', `/channels/${channel.id}/messages`, {
    content: `<@${bob.id}> @everyone`,
    allowed_mentions: { parse: [] },
    message_reference: { message_id: question.id },
  });
  expect(server.pings).toEqual([]);
  expect(body).toMatchObject({ mentions: [], mention_everyone: false });
});

test('named users and replied_user count; naming beside parse is refused', async () => {
  const { ask, ann, bob, channel, server } = await stage();
  const question = server.people.say(ann, channel, 'q');
  const send = (allowed_mentions: object) =>
    ask('POST', `/channels/${channel.id}/messages`, {
      content: `<@${bob.id}> <@${ann.id}>`,
      allowed_mentions,
      message_reference: { message_id: question.id },
    });
  await send({ users: [bob.id], replied_user: true });
  expect(server.pings.map((one) => one.kind + one.target)).toEqual([`user${bob.id}`, `reply${ann.id}`]);
  expect((await send({ parse: ['users'], users: [bob.id] })).code).toBe(50035);
});

test('an edit without allowed_mentions is read anew', async () => {
  const { ask, bob, channel, server, send } = await stage();
  const made = await send('x');
  await ask('PATCH', `/channels/${channel.id}/messages/${made.id}`, { content: `<@${bob.id}>` });
  expect(server.pings).toMatchObject([{ by: 'edit', kind: 'user', target: bob.id }]);
});

test('TextDisplay pings, embeds do not, interaction answers do', async () => {
  const { ask, ann, bob, channel, server } = await stage();
  const path = `/channels/${channel.id}/messages`;
  await ask('POST', path, { embeds: [{ description: `<@${bob.id}>` }] });
  expect(server.pings).toEqual([]);
  await ask('POST', path, {
    flags: 1 << 15,
    components: [{ type: 17, components: [{ type: 10, content: `<@${bob.id}>` }] }],
  });
  expect(server.pings).toHaveLength(1);
  await ask('PUT', `/applications/${server.world.app.id}/commands`, [{ name: 'a', description: 'd' }]);
  const { interaction } = server.acts.run(ann, channel, 'a');
  await ask('POST', `/interactions/${interaction.id}/${interaction.token}/callback`, {
    type: 4,
    data: { content: `<@${bob.id}>` },
  });
  expect(server.pings.map((one) => one.by)).toEqual(['create', 'callback']);
});
