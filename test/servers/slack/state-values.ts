import { isObject, type Json, object, objects, text } from './json.ts';

/** Values typed into a form, by block id or action id. Lists for fields that take several, of `people.file` for files. */
export type Filled = Readonly<Record<string, string | number | boolean | readonly string[] | readonly Json[] | null>>;

/** The `state.values` of a view, and what Slack's own client would complain about before sending. */
export function fillState(view: Json, filled: Filled): { values: Json; blocked: Record<string, string> } {
  const values: Json = {};
  const blocked: Record<string, string> = {};
  const used = new Set<string>();
  for (const block of objects(view.blocks)) {
    const blockId = text(block.block_id);
    for (const element of fields(block)) {
      const action = text(element.action_id);
      const key = action in filled ? action : blockId in filled ? blockId : null;
      if (key) used.add(key);
      const state = value(element, key ? filled[key] : undefined);
      values[blockId] = { ...object(values[blockId]), [action]: { type: element.type, ...state } };
      const complaint = block.type === 'input' ? complain(block, element, state) : null;
      if (complaint) blocked[blockId] = complaint;
    }
  }
  const strange = Object.keys(filled).filter((key) => !used.has(key));
  if (strange.length > 0) throw new Error(`The form has no field ${strange.join(', ')}.`);
  return { values, blocked };
}

function fields(block: Json): Json[] {
  if (block.type === 'input') return [object(block.element)];
  if (block.type === 'section' && isObject(block.accessory)) return [block.accessory].filter(holdsValue);
  return block.type === 'actions' ? objects(block.elements).filter(holdsValue) : [];
}

const holdsValue = (element: Json) => !['button', 'overflow', 'image', 'workflow_button'].includes(text(element.type));

const ONE: Record<string, string> = {
  users_select: 'selected_user',
  channels_select: 'selected_channel',
  conversations_select: 'selected_conversation',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
};
const MANY: Record<string, string> = {
  multi_users_select: 'selected_users',
  multi_channels_select: 'selected_channels',
  multi_conversations_select: 'selected_conversations',
};

/** The state of one field: what was typed, or its initial value. */
function value(element: Json, given: Filled[string] | undefined): Json {
  const type = text(element.type);
  const one = ONE[type];
  const many = MANY[type];
  if (one) return { [one]: given === undefined ? (element[one.replace('selected', 'initial')] ?? null) : given };
  if (many) return { [many]: given === undefined ? (element[many.replace('selected', 'initial')] ?? []) : given };
  if (['static_select', 'external_select', 'radio_buttons'].includes(type))
    return { selected_option: given === undefined ? (element.initial_option ?? null) : option(element, given) };
  if (['multi_static_select', 'multi_external_select', 'checkboxes'].includes(type)) {
    const chosen = Array.isArray(given) ? given.map((one_) => option(element, one_)) : (element.initial_options ?? []);
    return { selected_options: chosen };
  }
  if (type === 'file_input') return { files: given ?? [] };
  return {
    value:
      given === undefined || given === '' ? (given === '' ? null : (element.initial_value ?? null)) : String(given),
  };
}

function option(element: Json, given: unknown): Json | null {
  if (given === null) return null;
  const groups = objects(element.option_groups).flatMap((group) => objects(group.options));
  const all = [...objects(element.options), ...groups];
  const found = all.find((one) => one.value === given || object(one.text).text === given);
  if (found) return found;
  if (!text(element.type).includes('external')) throw new Error(`There is no option ${String(given)}.`);
  return { text: { type: 'plain_text', text: String(given) }, value: String(given) };
}

/** Slack's client checks required fields, lengths and numbers by itself. */
function complain(block: Json, element: Json, state: Json): string | null {
  const held = Object.values(state)[0];
  const empty = held === null || held === undefined || (Array.isArray(held) && held.length === 0);
  if (empty) return block.optional === true ? null : 'Please complete this required field.';
  if (typeof held !== 'string') return null;
  const most = Number(element.max_length ?? 3_000);
  if (element.type === 'plain_text_input' && held.length > most) return `Please enter no more than ${most} characters.`;
  if (held.length < Number(element.min_length ?? 0))
    return `Please enter at least ${String(element.min_length)} characters.`;
  if (element.type === 'number_input') return number(element, held);
  if (element.type === 'email_text_input' && !/^[^@\s]+@[^@\s]+$/.test(held))
    return 'Please enter a valid email address.';
  if (element.type === 'url_text_input' && !/^https?:\/\/\S+$/.test(held)) return 'Please enter a valid URL.';
  return null;
}

function number(element: Json, held: string): string | null {
  const value_ = Number(held);
  if (held.trim() === '' || Number.isNaN(value_)) return 'Please enter a valid number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(value_)) return 'Please enter a whole number.';
  if (value_ < Number(element.min_value ?? Number.NEGATIVE_INFINITY)) return 'This number is too small.';
  return value_ > Number(element.max_value ?? Number.POSITIVE_INFINITY) ? 'This number is too large.' : null;
}
