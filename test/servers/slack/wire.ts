import { copy, type Json } from './json.ts';
import type { Channel, Message, StoredFile, User, ViewRecord } from './model.ts';
import type { World } from './world.ts';

/** A user as `users.info` gives it. */
export function userJson(user: User, withEmail = true): Json {
  const email = withEmail && user.email && !user.stranger ? { email: user.email } : {};
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted,
    tz: user.tz,
    locale: user.locale,
    is_bot: user.isBot,
    is_email_confirmed: user.emailConfirmed,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_restricted: user.guest !== 'none',
    is_ultra_restricted: user.guest === 'single',
    ...(user.stranger ? { is_stranger: true } : {}),
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...email,
      ...(user.botId ? { bot_id: user.botId, api_app_id: 'APARLEY01' } : {}),
    },
  };
}

/** A conversation as `conversations.info` gives it. */
export function channelJson(world: World, channel: Channel): Json {
  const base = {
    id: channel.id,
    created: 1_700_000_000,
    is_archived: channel.archived,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: channel.kind === 'im',
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    is_ext_shared: channel.shared,
    is_shared: channel.shared,
    context_team_id: world.teamId,
  };
  if (channel.kind === 'im')
    return { ...base, user: [...channel.members].find((id) => id !== world.bot.id) ?? '', is_open: true };
  return {
    ...base,
    name: channel.name,
    is_member: channel.members.has(world.bot.id),
    num_members: channel.members.size,
  };
}

/** A file object. Without `full` it is what an event carries for a Slack Connect file: only "ask files.info". */
export function fileJson(world: World, file: StoredFile, full = true): Json {
  if (file.deleted) return { id: file.id, mode: 'tombstone' };
  if (file.checkInfo && !full) return { id: file.id, mode: 'file_access', file_access: 'check_file_info' };
  const address = `${world.origin}/files-pri/${world.teamId}-${file.id}`;
  const shares: Record<string, Json[]> = {};
  for (const share of file.shares)
    shares[share.channel] = [
      ...(shares[share.channel] ?? []),
      { ts: share.ts, ...(share.threadTs ? { thread_ts: share.threadTs } : {}) },
    ];
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.filetype,
    user: file.user,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    is_public: true,
    file_access: 'visible',
    url_private: `${address}/${encodeURIComponent(file.name)}`,
    url_private_download: `${address}/download/${encodeURIComponent(file.name)}`,
    permalink: `${world.origin}/files/${file.user}/${file.id}`,
    channels: file.shares.map((share) => share.channel),
    shares: { public: shares },
  };
}

/** A message as events and `conversations.replies` give it. */
export function messageJson(world: World, message: Message, withMetadata = true): Json {
  const channel = world.channels.get(message.channel);
  const replies = (channel?.messages ?? []).filter(
    (other) => other.threadTs === message.ts && other.deletedAt === null,
  );
  const last = replies.at(-1);
  return {
    type: 'message',
    ...(message.subtype ? { subtype: message.subtype } : {}),
    user: message.author,
    ts: message.ts,
    text: message.text,
    team: world.users.get(message.author)?.teamId ?? world.teamId,
    ...(message.botId ? { bot_id: message.botId, app_id: world.appId } : {}),
    ...(message.blocks.length > 0 ? { blocks: copy(message.blocks) } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs, parent_user_id: rootAuthor(channel, message.threadTs) } : {}),
    ...(last
      ? {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map((reply) => reply.author))],
          latest_reply: last.ts,
        }
      : {}),
    ...(message.editedTs ? { edited: { user: message.author, ts: message.editedTs } } : {}),
    ...(message.files.length > 0 ? { files: message.files.map((file) => fileJson(world, file, false)) } : {}),
    ...(message.reactions.size > 0
      ? {
          reactions: [...message.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size })),
        }
      : {}),
    ...(withMetadata && message.metadata ? { metadata: copy(message.metadata) } : {}),
    ...(message.stream
      ? { streaming_state: message.stream.state === 'in_progress' ? 'in_progress' : 'completed' }
      : {}),
  };
}

function rootAuthor(channel: Channel | undefined, ts: string): string {
  return channel?.messages.find((message) => message.ts === ts)?.author ?? '';
}

/** A view as `views.*` and interactions give it. */
export function viewJson(world: World, record: ViewRecord, values: Json = {}): Json {
  return {
    id: record.id,
    team_id: world.teamId,
    type: record.type,
    private_metadata: '',
    callback_id: '',
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    external_id: '',
    ...copy(record.view),
    state: { values },
    hash: record.hash,
    root_view_id: record.rootId,
    previous_view_id: record.previousId,
    app_id: world.appId,
    app_installed_team_id: world.teamId,
    bot_id: world.botId,
  };
}

/** How an event names the kind of a conversation. */
export function channelType(channel: Channel): string {
  return { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' }[channel.kind];
}
