import {
  ApplicationCommandAutocompleteCallbackRequestSchema,
  CreateMessageInteractionCallbackRequestSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
} from 'discord-api-spec/zod';
import * as z from 'zod';
import { choiceFaults } from './commandRules.ts';
import { invalidField, invalidForm, refuse } from './errors.ts';
import { checkContent, editedContent, newContent } from './messageRules.ts';
import { blank, edit, messageFlag, post } from './messages.ts';
import { modalFaults } from './modalRules.ts';
import type { Channel, Interaction, Message } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import type { MessageBody } from './spec.ts';
import { checked, messageBody } from './spec.ts';
import { messageWire } from './wire.ts';

/** Milliseconds an app has for its first answer, and for everything after it. */
const answerMs = 3000;
export const tokenMs = 15 * 60_000;

const envelope = z.object({ type: z.number(), data: z.unknown().optional() });
const withMessage = z.object({ type: z.number(), data: messageBody.nullish() });
const wire = z.record(z.string(), z.unknown());

/** SuppressEmbeds, Ephemeral, SuppressNotifications, ComponentsV2. */
export const settableByToken =
  messageFlag.SuppressEmbeds | messageFlag.Ephemeral | (1 << 12) | messageFlag.ComponentsV2;

const emptyBody: MessageBody = {};

function answer(call: Call): Reply {
  const { world } = call;
  const interaction = world.interactions.get(param(call, 'interaction'));
  if (interaction === undefined || interaction.token !== param(call, 'token')) throw refuse('unknownInteraction');
  if (interaction.ackType !== null) throw refuse('alreadyAcknowledged');
  if (world.clock.now() - interaction.createdAt > answerMs) throw refuse('unknownInteraction');
  const head = envelope.safeParse(call.body);
  if (!head.success) throw invalidField(['type'], 'BASE_TYPE_REQUIRED', 'This field is required');
  const type = head.data.type;
  if (!allowedAnswers(interaction).includes(type)) {
    throw invalidField(
      ['type'],
      'INTERACTION_CALLBACK_TYPE_INVALID',
      'The specified callback type is not valid for this interaction',
    );
  }
  const message = perform(call, interaction, type);
  interaction.ackType = type;
  interaction.ackAt = call.at;
  world.wake();
  if (call.query.get('with_response') !== 'true') return { status: 204 };
  const loading = message !== null && (message.flags & messageFlag.Loading) !== 0;
  return {
    status: 200,
    body: {
      interaction: {
        id: interaction.id,
        type: interaction.type,
        ...(message === null
          ? {}
          : {
              response_message_id: message.id,
              response_message_loading: loading,
              response_message_ephemeral: message.ephemeralFor !== null,
            }),
      },
      ...(message === null ? {} : { resource: { type, message: messageWire(world, message) } }),
    },
  };
}

/** Which callback types fit: a modal never answers a modal, an update needs a message, choices belong to autocomplete. */
function allowedAnswers(interaction: Interaction): readonly number[] {
  if (interaction.type === 4) return [8];
  const update = interaction.messageId === null ? [] : [6, 7];
  return interaction.type === 5 ? [4, 5, ...update] : [4, 5, 9, ...update];
}

function perform(call: Call, interaction: Interaction, type: number): Message | null {
  if (type === 4 || type === 5) return respond(call, interaction, type);
  if (type === 6 || type === 7) return update(call, interaction, type);
  if (type === 8) {
    const body = checked(
      ApplicationCommandAutocompleteCallbackRequestSchema,
      z.object({ data: z.object({ choices: z.array(wire) }) }),
      call.body,
    );
    const faults = choiceFaults(body.data.choices, ['data', 'choices']);
    if (faults.length > 0) throw invalidForm(faults);
    interaction.choices = body.data.choices;
    return null;
  }
  const body = checked(ModalInteractionCallbackRequestSchema, z.object({ data: wire }), call.body);
  const faults = modalFaults(body.data);
  if (faults.length > 0) throw invalidForm(faults);
  interaction.modal = body.data;
  return null;
}

function respond(call: Call, interaction: Interaction, type: 4 | 5): Message {
  const { world } = call;
  const parsed = checked(CreateMessageInteractionCallbackRequestSchema, withMessage, call.body);
  const body = parsed.data ?? emptyBody;
  const channel = channelOf(call, interaction);
  const deferred = type === 5;
  const said = deferred
    ? { ...blank, attachments: [], flags: messageFlag.Loading | ((body.flags ?? 0) & messageFlag.Ephemeral) }
    : newContent(call, channel.id, body, settableByToken);
  if (!deferred) checkContent(said, body);
  const hidden = (said.flags & messageFlag.Ephemeral) !== 0;
  const message = post(
    world,
    channel,
    world.app.user.id,
    { ...said, allowed: deferred ? { parse: [] } : body.allowed_mentions },
    {
      by: 'callback',
      at: call.at,
      type: interaction.type === 2 ? (interaction.data.type === 1 ? 20 : 23) : 0,
      interaction,
      ephemeralFor: hidden ? interaction.userId : null,
    },
  );
  interaction.originalId = message.id;
  interaction.deferredEphemeral = deferred && hidden;
  return message;
}

function update(call: Call, interaction: Interaction, type: 6 | 7): Message {
  const { world } = call;
  const parsed = checked(UpdateMessageInteractionCallbackRequestSchema, withMessage, call.body);
  const message = world.messages.get(interaction.messageId ?? '');
  if (message === undefined || message.deletedAt !== null) throw refuse('unknownMessage');
  interaction.originalId = message.id;
  if (type === 6) return message;
  const body = parsed.data ?? emptyBody;
  const said = editedContent(call, message, body);
  checkContent(said, body);
  edit(
    world,
    channelOf(call, interaction),
    message,
    { ...said, allowed: body.allowed_mentions },
    { by: 'callback', at: call.at },
  );
  return message;
}

/** The channel the interaction happened in; gone with its thread it is 10003. */
export function channelOf(call: Call, interaction: Interaction): Channel {
  const channel = call.world.channels.get(interaction.channelId);
  if (channel === undefined) throw refuse('unknownChannel');
  return channel;
}

/** True when the text names what is still the empty "is thinking" message. */
export function isLoading(message: Message): boolean {
  return (message.flags & messageFlag.Loading) !== 0;
}

/** Interaction callbacks. */
export const interactionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    bucket: 'callback',
    byToken: true,
    run: answer,
  },
];
