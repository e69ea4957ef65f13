import { IncomingWebhookRequestPartialSchema, IncomingWebhookUpdateRequestPartialSchema } from 'discord-api-spec/zod';
import { refuse } from './errors.ts';
import { interactionId } from './interactions.ts';
import { checkContent, editedContent, newContent } from './messageRules.ts';
import { edit, messageFlag, post, remove } from './messages.ts';
import type { Interaction, Message } from './records.ts';
import { channelOf, isLoading, settableByToken, tokenMs } from './restInteractions.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import { checked, messageBody } from './spec.ts';
import { messageWire } from './wire.ts';

/** Follow-ups an app may send where it is not a member. */
const followUpsAbroad = 5;

/** The answered interaction behind a webhook token. Throws 10015 when unknown or unanswered, 50027 after 15 minutes. */
function owner(call: Call): Interaction {
  const { world } = call;
  if (param(call, 'app') !== world.app.id) throw refuse('unknownWebhook');
  const token = param(call, 'token');
  const interaction = world.interactions.get(interactionId(token));
  if (interaction === undefined || interaction.token !== token || interaction.ackType === null)
    throw refuse('unknownWebhook');
  if (world.clock.now() - interaction.createdAt > tokenMs) throw refuse('tokenExpired');
  return interaction;
}

function followUp(call: Call): Reply {
  const { world } = call;
  const interaction = owner(call);
  const body = checked(IncomingWebhookRequestPartialSchema, messageBody, call.body);
  const channel = channelOf(call, interaction);
  const original = world.messages.get(interaction.originalId ?? '');
  if (original !== undefined && original.deletedAt === null && isLoading(original)) {
    return { status: 200, body: messageWire(world, write(call, interaction, original)) };
  }
  if (interaction.userInstalled && interaction.followUps >= followUpsAbroad) throw refuse('followUpsUsedUp');
  const said = newContent(call, channel.id, body, settableByToken);
  checkContent(said, body);
  const hidden = (said.flags & messageFlag.Ephemeral) !== 0;
  const reference =
    original === undefined
      ? null
      : { messageId: original.id, channelId: channel.id, guildId: channel.guildId, type: 0 as const };
  interaction.followUps += 1;
  const message = post(
    world,
    channel,
    world.app.user.id,
    { ...said, allowed: body.allowed_mentions },
    {
      by: 'webhook',
      at: call.at,
      type: reference === null ? 0 : 19,
      reference,
      interaction,
      ephemeralFor: hidden ? interaction.userId : null,
    },
  );
  return { status: 200, body: messageWire(world, message) };
}

/** The message that the path names: `@original` or one this interaction made. Throws 10008. */
function target(call: Call, interaction: Interaction): Message {
  const who = param(call, 'who');
  const id = who === '@original' ? (interaction.originalId ?? '') : who;
  const message = call.world.messages.get(id);
  if (message === undefined || message.deletedAt !== null) throw refuse('unknownMessage');
  if (id !== interaction.originalId && message.interaction !== interaction) throw refuse('unknownMessage');
  return message;
}

function write(call: Call, interaction: Interaction, message: Message): Message {
  const body = checked(IncomingWebhookUpdateRequestPartialSchema, messageBody, call.body);
  const first = isLoading(message);
  const said = editedContent(call, message, body);
  const flags = said.flags & ~messageFlag.Loading;
  checkContent({ ...said, flags }, body);
  const channel = channelOf(call, interaction);
  edit(
    call.world,
    channel,
    message,
    { ...said, flags, allowed: body.allowed_mentions },
    { by: 'webhook', at: call.at },
  );
  if (first) message.editedAt = null;
  return message;
}

function change(call: Call): Reply {
  const interaction = owner(call);
  return { status: 200, body: messageWire(call.world, write(call, interaction, target(call, interaction))) };
}

function read(call: Call): Reply {
  return { status: 200, body: messageWire(call.world, target(call, owner(call))) };
}

function erase(call: Call): Reply {
  const interaction = owner(call);
  remove(call.world, channelOf(call, interaction), target(call, interaction));
  return { status: 204 };
}

const messages = '/webhooks/:app/:token/messages/:who';

/** Answers by interaction token. */
export const webhookRoutes: readonly Route[] = [
  { method: 'POST', path: '/webhooks/:app/:token', bucket: 'webhook', byToken: true, run: followUp },
  { method: 'GET', path: messages, bucket: 'webhook', byToken: true, run: read },
  { method: 'PATCH', path: messages, bucket: 'webhook', byToken: true, run: change },
  { method: 'DELETE', path: messages, bucket: 'webhook', byToken: true, run: erase },
];
