import * as z from 'zod';
import { SIZES } from './limits.ts';

/** A string of one to `max` characters, refused in Slack's words. */
export function bounded(max: number, min = 1): z.ZodString {
  return z
    .string()
    .min(min, `must be more than ${min - 1} characters`)
    .max(max, `must be less than ${max + 1} characters`);
}

/** A list of `min` to `max` items, refused in Slack's words. */
export function items<T extends z.ZodType>(schema: T, max: number, min = 1) {
  return z.array(schema).min(min, `no fewer than ${min} items allowed`).max(max, `no more than ${max} items allowed`);
}

/** A `plain_text` object. */
export const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: bounded(max), emoji: z.boolean().optional() });

/** A `mrkdwn` object. */
export const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: bounded(max), verbatim: z.boolean().optional() });

/** Either text object. */
export const anyText = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);

/** Keys every block may have. */
export const blockBase = { block_id: bounded(SIZES.blockId).optional() };

const confirm = z.strictObject({
  title: plain(100).optional(),
  text: anyText(300),
  confirm: plain(30).optional(),
  deny: plain(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const actionable = { action_id: bounded(SIZES.actionId).optional(), confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plain(SIZES.placeholder).optional() };
const several = { max_selected_items: z.int().min(1).optional() };
const dispatch = { dispatch_action_config: z.looseObject({}).optional() };

/** One option of a select, an overflow or a list of boxes. */
const option = z.strictObject({
  text: anyText(SIZES.label75),
  value: bounded(SIZES.optionValue).optional(),
  url: bounded(SIZES.url).optional(),
  description: plain(SIZES.label75).optional(),
});
const options = items(option, SIZES.options);
const groups = items(z.strictObject({ label: plain(SIZES.label75), options }), 100);
const choices = { options: options.optional(), option_groups: groups.optional() };

/** An image as an element of a section or a context. */
export const imageElement = z.strictObject({
  type: z.literal('image'),
  image_url: bounded(SIZES.url).optional(),
  slack_file: z.looseObject({}).optional(),
  alt_text: bounded(SIZES.altText),
});

const button = z.strictObject({
  type: z.literal('button'),
  ...actionable,
  text: plain(SIZES.buttonText),
  value: bounded(SIZES.value).optional(),
  url: bounded(SIZES.url).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: bounded(SIZES.label75).optional(),
});
const workflowButton = z.looseObject({ type: z.literal('workflow_button') });
const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...actionable,
  options: items(option, SIZES.overflowOptions),
});
const boxes = { ...actionable, ...focusable, options: items(option, SIZES.smallOptions) };
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...boxes,
  initial_options: items(option, SIZES.smallOptions).optional(),
});
const radio = z.strictObject({ type: z.literal('radio_buttons'), ...boxes, initial_option: option.optional() });

const select = { ...actionable, ...focusable, ...placeholder };
const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  ...select,
  ...choices,
  initial_option: option.optional(),
});
const multiStatic = z.strictObject({
  type: z.literal('multi_static_select'),
  ...select,
  ...several,
  ...choices,
  initial_options: options.optional(),
});
const external = z.strictObject({
  type: z.literal('external_select'),
  ...select,
  initial_option: option.optional(),
  min_query_length: z.int().min(0).optional(),
});
const multiExternal = z.strictObject({
  type: z.literal('multi_external_select'),
  ...select,
  ...several,
  initial_options: options.optional(),
  min_query_length: z.int().min(0).optional(),
});
const loose = <T extends string>(type: T) => z.looseObject({ type: z.literal(type), ...select });
const peopleSelects = [
  loose('users_select'),
  loose('multi_users_select'),
  loose('conversations_select'),
  loose('multi_conversations_select'),
  loose('channels_select'),
  loose('multi_channels_select'),
] as const;

const date = z.iso.date('must be a valid date in YYYY-MM-DD format');
const datepicker = z.strictObject({ type: z.literal('datepicker'), ...select, initial_date: date.optional() });
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...select,
  initial_time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a valid time in HH:mm format')
    .optional(),
  timezone: z.string().optional(),
});
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...actionable,
  ...focusable,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
});

const length = z
  .int()
  .min(0)
  .max(SIZES.inputLength, `must be less than ${SIZES.inputLength + 1}`);
const typed = {
  action_id: bounded(SIZES.actionId).optional(),
  ...focusable,
  ...placeholder,
  ...dispatch,
  initial_value: z
    .string()
    .max(SIZES.inputLength, `must be less than ${SIZES.inputLength + 1} characters`)
    .optional(),
};
const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...typed,
  multiline: z.boolean().optional(),
  min_length: length.optional(),
  max_length: length.min(1, 'must be more than 0').optional(),
});
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...typed,
  is_decimal_allowed: z.boolean(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});
const emailInput = z.strictObject({ type: z.literal('email_text_input'), ...typed });
const urlInput = z.strictObject({ type: z.literal('url_text_input'), ...typed });
const richTextInput = z.looseObject({ type: z.literal('rich_text_input') });
const fileInput = z.strictObject({
  type: z.literal('file_input'),
  action_id: bounded(SIZES.actionId).optional(),
  filetypes: z.array(z.string()).optional(),
  max_files: z.int().min(1).max(10, 'must be less than 11').optional(),
});

const verdict = z.strictObject({
  text: plain(SIZES.buttonText),
  accessibility_label: bounded(SIZES.label75).optional(),
  value: bounded(SIZES.value),
});
const feedback = z.strictObject({
  type: z.literal('feedback_buttons'),
  action_id: bounded(SIZES.actionId).optional(),
  positive_button: verdict,
  negative_button: verdict,
});
const iconButton = z.strictObject({
  type: z.literal('icon_button'),
  ...actionable,
  icon: z.literal('trash', 'must be a valid enum value'),
  text: plain(SIZES.buttonText),
  accessibility_label: bounded(SIZES.label75).optional(),
  value: bounded(SIZES.value).optional(),
  visible_to_user_ids: z.array(z.string()).optional(),
});

const pickers = [
  checkboxes,
  radio,
  datepicker,
  timepicker,
  staticSelect,
  multiStatic,
  external,
  multiExternal,
  ...peopleSelects,
] as const;

/** What an `actions` block may hold. */
export const actionsElement = z.discriminatedUnion('type', [
  button,
  overflow,
  workflowButton,
  datetimepicker,
  richTextInput,
  ...pickers,
]);
/** What may stand beside a section. */
export const accessory = z.discriminatedUnion('type', [button, overflow, workflowButton, imageElement, ...pickers]);
/** What an `input` block may hold. */
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  emailInput,
  urlInput,
  richTextInput,
  fileInput,
  datetimepicker,
  ...pickers,
]);
/** What a `context_actions` block may hold. */
export const contextAction = z.discriminatedUnion('type', [feedback, iconButton]);
/** What a `context` block may hold. */
export const contextElement = z.discriminatedUnion('type', [imageElement, plain(SIZES.section), mrkdwn(SIZES.section)]);
/** A plain button, for cards. */
export const buttonElement = button;
