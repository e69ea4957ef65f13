import * as z from 'zod';
import {
  accessory,
  actionsElement,
  anyText,
  blockBase,
  bounded,
  buttonElement,
  contextAction,
  contextElement,
  imageElement,
  inputElement,
  items,
  mrkdwn,
  plain,
} from './elements.ts';
import { SIZES } from './limits.ts';

const richText = z.strictObject({
  type: z.literal('rich_text'),
  ...blockBase,
  elements: z.array(
    z.looseObject({
      type: z.enum(['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']),
      elements: z.array(z.looseObject({ type: z.string() })),
    }),
  ),
});
const section = z
  .strictObject({
    type: z.literal('section'),
    ...blockBase,
    text: anyText(SIZES.section).optional(),
    fields: items(anyText(SIZES.field), SIZES.fields).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, 'missing required field: text');
const divider = z.strictObject({ type: z.literal('divider'), ...blockBase });
const image = z
  .strictObject({
    type: z.literal('image'),
    ...blockBase,
    image_url: bounded(SIZES.url).optional(),
    slack_file: z.looseObject({}).optional(),
    alt_text: bounded(SIZES.altText),
    title: plain(SIZES.altText).optional(),
  })
  .refine(
    (block) => block.image_url !== undefined || block.slack_file !== undefined,
    'missing required field: image_url',
  );
const actions = z.strictObject({
  type: z.literal('actions'),
  ...blockBase,
  elements: items(actionsElement, SIZES.actionsElements),
});
const context = z.strictObject({
  type: z.literal('context'),
  ...blockBase,
  elements: items(contextElement, SIZES.contextElements),
});
const contextActions = z.strictObject({
  type: z.literal('context_actions'),
  ...blockBase,
  elements: items(contextAction, SIZES.contextActions),
});
const header = z.strictObject({ type: z.literal('header'), ...blockBase, text: plain(SIZES.header) });
const markdown = z.strictObject({ type: z.literal('markdown'), ...blockBase, text: bounded(SIZES.markdown) });
const input = z.strictObject({
  type: z.literal('input'),
  ...blockBase,
  label: plain(SIZES.inputLabel),
  hint: plain(SIZES.inputLabel).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inputElement,
});
const rawText = z.strictObject({ type: z.literal('raw_text'), text: z.string() });
const rawNumber = z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string() });
const rows = items(
  items(z.discriminatedUnion('type', [rawText, rawNumber, richText]), SIZES.tableColumns),
  SIZES.tableRows,
);
const table = z.strictObject({
  type: z.literal('table'),
  ...blockBase,
  rows,
  column_settings: z.array(z.looseObject({}).nullable()).max(SIZES.tableColumns).optional(),
});
const dataTable = z.strictObject({
  type: z.literal('data_table'),
  ...blockBase,
  rows,
  caption: bounded(SIZES.section),
  page_size: z.int().optional(),
  row_header_column_index: z.int().optional(),
});
const task = z.strictObject({
  type: z.literal('task_card'),
  ...blockBase,
  task_id: bounded(255),
  title: bounded(SIZES.chunkText),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.looseObject({ type: z.literal('url'), url: bounded(SIZES.url), text: z.string() })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});
const plan = z.strictObject({
  type: z.literal('plan'),
  ...blockBase,
  title: bounded(SIZES.chunkText),
  tasks: z.array(task).max(SIZES.planTasks, `no more than ${SIZES.planTasks} items allowed`).optional(),
});
const card = z.strictObject({
  type: z.literal('card'),
  ...blockBase,
  hero_image: imageElement.optional(),
  icon: imageElement.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: items(buttonElement, 5).optional(),
});
const carousel = z.strictObject({ type: z.literal('carousel'), ...blockBase, elements: items(card, 10) });
const alert = z.strictObject({
  type: z.literal('alert'),
  ...blockBase,
  text: anyText(SIZES.section),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});
const container = z.strictObject({
  type: z.literal('container'),
  ...blockBase,
  title: plain(150).optional(),
  rich_text_title: richText.optional(),
  subtitle: anyText(150).optional(),
  child_blocks: items(
    z.discriminatedUnion('type', [actions, context, divider, header, image, input, richText, section, table]),
    10,
  ),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
  icon: imageElement.optional(),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
  has_header_divider: z.boolean().optional(),
});
const video = z.looseObject({ type: z.literal('video'), ...blockBase });
const file = z.looseObject({ type: z.literal('file'), ...blockBase });

const everywhere = [section, divider, image, actions, context, header, input, richText, video] as const;
const messageBlock = z.discriminatedUnion('type', [
  ...everywhere,
  contextActions,
  markdown,
  table,
  dataTable,
  task,
  plan,
  card,
  carousel,
  alert,
  container,
  file,
]);
const viewBlock = z.discriminatedUnion('type', [...everywhere, alert]);

/** The blocks of a message: at most 50 of the kinds a message may hold. */
export const messageBlocks = z
  .array(messageBlock)
  .max(SIZES.messageBlocks, `no more than ${SIZES.messageBlocks} items allowed`);
/** The blocks of a modal or a Home tab: at most 100 of the kinds a view may hold. */
export const viewBlocks = z.array(viewBlock).max(SIZES.viewBlocks, `no more than ${SIZES.viewBlocks} items allowed`);
