/**
 * Sizes Slack enforces (our reference, slack 2.3). Characters are UTF-16 units unless a line says otherwise.
 */
export const SIZES = {
  /** `chat.postMessage` cuts longer `text` and adds a warning. */
  postText: 40_000,
  /** `chat.update` refuses longer `text` with `msg_too_long`. Counted in UTF-8 bytes: the stricter of the readings in use. */
  updateText: 4_000,
  /** The `markdown_text` argument, one `markdown` block, and all `markdown` blocks of one message together. */
  markdown: 12_000,
  /** All texts in the blocks of one message together: `msg_blocks_too_long`. */
  blocksText: 13_200,
  messageBlocks: 50,
  viewBlocks: 100,
  section: 3_000,
  field: 2_000,
  fields: 10,
  header: 150,
  buttonText: 75,
  value: 2_000,
  actionId: 255,
  blockId: 255,
  url: 3_000,
  label75: 75,
  options: 100,
  optionValue: 150,
  smallOptions: 10,
  overflowOptions: 5,
  placeholder: 150,
  contextElements: 10,
  actionsElements: 25,
  contextActions: 5,
  tableRows: 100,
  tableColumns: 20,
  altText: 2_000,
  inputLabel: 2_000,
  inputLength: 3_000,
  viewTitle: 24,
  privateMetadata: 3_000,
  callbackId: 255,
  viewBytes: 250_000,
  prompts: 4,
  sessionTitle: 200,
  loadingMessages: 10,
  chunkText: 256,
  planTasks: 50,
  /** `metadata` as JSON: 8 kB. */
  metadata: 8_192,
} as const;

/** Times Slack keeps (ms). */
export const TIMES = {
  trigger: 3_000,
  answer: 3_000,
  responseUrl: 30 * 60_000,
  status: 2 * 60_000,
  stream: 5 * 60_000,
  signatureAge: 5 * 60_000,
} as const;

/** Uses of one `response_url`. */
export const RESPONSE_USES = 5;

/** Views stacked in one modal. */
export const VIEW_STACK = 3;

/** Open sockets of one app. */
export const SOCKETS = 10;
