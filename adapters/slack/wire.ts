import * as z from 'zod';

/**
 * What Slack sends, as far as we read it. Everything arrives from outside, so every payload passes one of these first; fields we
 * do not use are let through unread.
 */

const text = z.string();
const maybe = z.string().nullish();

/** A file in a message. `file_access: check_file_info` (Slack Connect) carries nothing but the id. */
export const wireFile = z.looseObject({
  id: text,
  name: maybe,
  title: maybe,
  mimetype: maybe,
  size: z.number().nullish(),
  url_private: maybe,
  url_private_download: maybe,
  mode: maybe,
});
/** {@link wireFile} as it is read. */
export type WireFile = z.output<typeof wireFile>;

const attachment = z.looseObject({
  text: maybe,
  fallback: maybe,
  author_name: maybe,
  is_share: z.boolean().nullish(),
  is_msg_unfurl: z.boolean().nullish(),
});

const metadata = z.looseObject({ event_payload: z.looseObject({ key: maybe }).nullish() });

/** A message, in an event or read back. */
const wireMessage = z.looseObject({
  type: maybe,
  subtype: maybe,
  user: maybe,
  username: maybe,
  bot_id: maybe,
  bot_profile: z.looseObject({ name: maybe }).nullish(),
  text: maybe,
  blocks: z.array(z.unknown()).nullish(),
  attachments: z.array(attachment).nullish(),
  files: z.array(wireFile).nullish(),
  ts: text,
  thread_ts: maybe,
  team: maybe,
  edited: z.looseObject({ ts: maybe }).nullish(),
  metadata: metadata.nullish(),
});
/** A message, from an event or from the history. */
export type WireMessage = z.output<typeof wireMessage>;

/** The inner part of an event, before its type is looked at. */
const wireEvent = z.looseObject({ type: text });

/** `message`, and `app_mention`. */
export const messageEvent = wireMessage.extend({ channel: text, channel_type: maybe, hidden: z.boolean().nullish() });
/** {@link messageEvent} as it is read. */
export type WireMessageEvent = z.output<typeof messageEvent>;

/** `message_changed`. */
export const changedEvent = z.looseObject({
  channel: text,
  channel_type: maybe,
  message: wireMessage,
  previous_message: wireMessage.nullish(),
});

/** `message_deleted`. */
export const deletedEvent = z.looseObject({
  channel: text,
  channel_type: maybe,
  deleted_ts: text,
  previous_message: wireMessage.partial().nullish(),
});

/** `member_joined_channel`. */
export const joinedEvent = z.looseObject({ user: text, channel: text, inviter: maybe, event_ts: maybe });
/** `app_home_opened`. */
export const homeEvent = z.looseObject({ user: text, channel: maybe, tab: maybe, event_ts: maybe });
/** A person named an agent’s thread. */
export const renamedEvent = z.looseObject({
  channel: text,
  thread_ts: text,
  title: text,
  user: maybe,
  event_ts: maybe,
});

/** The outer part of an event. */
export const wireEnvelope = z.looseObject({ type: z.literal('event_callback'), event_id: text, event: wireEvent });

/** A slash command. */
export const slashCommand = z.looseObject({
  command: z.string().startsWith('/'),
  text: z.string().default(''),
  user_id: text,
  channel_id: text,
  trigger_id: text,
  response_url: text,
});

const user = z.looseObject({ id: text, name: maybe, username: maybe, team_id: maybe });
const container = z.looseObject({
  type: maybe,
  message_ts: maybe,
  channel_id: maybe,
  thread_ts: maybe,
  is_ephemeral: z.boolean().nullish(),
  view_id: maybe,
});
const channel = z.looseObject({ id: text, name: maybe });
const option = z.looseObject({ value: maybe });

/** One value of a form's `state`. */
const stateValue = z.looseObject({
  type: text,
  value: maybe,
  selected_option: option.nullish(),
  selected_options: z.array(option).nullish(),
  selected_date: maybe,
  selected_time: maybe,
  selected_date_time: z.number().nullish(),
  selected_user: maybe,
  files: z.array(wireFile).nullish(),
});
/** One value of a form’s `state`. */
export type StateValue = z.output<typeof stateValue>;

/** A modal as it comes back. */
const wireView = z.looseObject({
  id: text,
  hash: maybe,
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), stateValue)) }).nullish(),
});
/** A modal as it comes back. */
export type WireView = z.output<typeof wireView>;

/** A control that was used. */
export const blockActions = z.looseObject({
  type: z.literal('block_actions'),
  user,
  trigger_id: maybe,
  response_url: maybe,
  container: container.nullish(),
  channel: channel.nullish(),
  message: wireMessage.partial().nullish(),
  view: wireView.nullish(),
  actions: z
    .array(
      z.looseObject({
        type: text,
        action_id: text,
        action_ts: maybe,
        value: maybe,
        selected_option: option.nullish(),
        url: maybe,
      }),
    )
    .min(1),
});

/** A modal that was sent in. */
export const viewSubmission = z.looseObject({
  type: z.literal('view_submission'),
  user,
  trigger_id: text,
  view: wireView,
});

/** A shortcut that was used on a message. */
export const messageShortcut = z.looseObject({
  type: z.literal('message_action'),
  callback_id: text,
  user,
  trigger_id: text,
  response_url: text,
  channel,
  message: wireMessage,
});

/** What was typed into a list that asks for its choices. */
export const blockSuggestion = z.looseObject({
  type: z.literal('block_suggestion'),
  user,
  action_id: text,
  block_id: maybe,
  value: z.string().default(''),
  container: container.nullish(),
  channel: channel.nullish(),
  view: wireView.nullish(),
});

/** `auth.test`. The client adds the token's scopes. */
export const authTest = z.looseObject({
  team_id: text,
  team: maybe,
  user_id: text,
  user: maybe,
  bot_id: maybe,
  url: maybe,
  response_metadata: z.looseObject({ scopes: z.array(z.string()).nullish() }).nullish(),
});

/** `users.info`. */
export const usersInfo = z.looseObject({
  user: z.looseObject({
    id: text,
    team_id: maybe,
    name: maybe,
    real_name: maybe,
    tz: maybe,
    locale: maybe,
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    is_stranger: z.boolean().nullish(),
    is_email_confirmed: z.boolean().nullish(),
    enterprise_user: z.looseObject({ teams: z.array(z.string()).nullish() }).nullish(),
    profile: z.looseObject({ display_name: maybe, real_name: maybe, email: maybe }).nullish(),
  }),
});

/** `conversations.info`. */
export const conversationsInfo = z.looseObject({
  channel: z.looseObject({
    id: text,
    name: maybe,
    is_im: z.boolean().nullish(),
    is_mpim: z.boolean().nullish(),
    is_private: z.boolean().nullish(),
    is_member: z.boolean().nullish(),
  }),
});

/** `conversations.history` and `conversations.replies`. */
export const messagePage = z.looseObject({
  messages: z.array(wireMessage),
  response_metadata: z.looseObject({ next_cursor: maybe }).nullish(),
});

/** `chat.postMessage`. */
export const posted = z.looseObject({ channel: maybe, ts: text });
/** `views.open`. */
export const opened = z.looseObject({ view: z.looseObject({ id: text }) });
