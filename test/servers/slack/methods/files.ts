import { threadRoot, writableChannel } from '../access.ts';
import { readBlocks } from '../body.ts';
import { objects, text } from '../json.ts';
import { post } from '../messages.ts';
import { recordPings } from '../pings.ts';
import { Refusal } from '../refusal.ts';
import { startUpload, takeUpload } from '../uploads.ts';
import { fileJson } from '../wire.ts';
import type { Method, Methods } from './method.ts';

const complete: Method = {
  scopes: ['files:write'],
  token: 'bot',
  run(world, { args }) {
    const wanted = objects(args.json('files'));
    if (wanted.length === 0) throw new Refusal('invalid_arguments');
    const channelId = args.str('channel_id') ?? args.str('channels')?.split(',')[0];
    const channel = channelId ? writableChannel(world, channelId) : null;
    const threadTs = channel ? threadRoot(channel, args.str('thread_ts')) : null;
    const comment = args.str('initial_comment') ?? '';
    const blocks = args.str('blocks') ? readBlocks(world, args.need('blocks')) : [];
    if (comment && blocks.length > 0) throw new Refusal('invalid_arguments');
    const files = wanted.map((item) => takeUpload(world, text(item.id), text(item.title)));
    const via = 'files.completeUploadExternal';
    if (channel) {
      const draft = { author: world.bot.id, botId: world.botId, subtype: 'file_share', via, threadTs, blocks, files };
      const message = post(world, channel, { ...draft, text: comment });
      const titles = files.map((file) => ({ text: file.title, where: '/files/title' }));
      const texts = [{ text: comment, where: '/initial_comment' }, ...titles];
      recordPings(world, { via, channel: channel.id, ts: message.ts, texts, blocks });
    }
    // The message that shares the file appears a moment later at Slack, so its ts is not in the answer.
    return { files: files.map((file) => ({ id: file.id, title: file.title })) };
  },
};

/** Uploads and file facts. */
export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    token: 'bot',
    run(world, { args }) {
      const length = args.num('length');
      if (length === undefined || !Number.isInteger(length) || length < 1) throw new Refusal('invalid_arguments');
      return startUpload(world, args.need('filename'), length);
    },
  },
  'files.completeUploadExternal': complete,
  'files.info': {
    scopes: ['files:read'],
    token: 'bot',
    run(world, { args }) {
      const file = world.files.get(args.need('file', 'file_not_found'));
      if (!file) throw new Refusal('file_not_found');
      if (file.deleted) throw new Refusal('file_deleted');
      return { file: fileJson(world, file), comments: [] };
    },
  },
};
