import { type Json, list, object, objects, text } from './json.ts';
import { SIZES } from './limits.ts';
import { elementsOf } from './schema-problems.ts';
import type { Filled } from './state-values.ts';

/** What a person does with a control besides pressing it: the verdict, the chosen option, the typed value. */
export interface ActOptions {
  /** For `feedback_buttons`. */
  verdict?: 'positive' | 'negative';
  /** The `value` of the option chosen in a select or overflow, or the typed value. */
  value?: string;
  /** What else is filled in where the control stands in a view. */
  values?: Filled;
  /** A `response_url` is made unless this is false. */
  respond?: boolean;
}

/** The element that a person means by its `action_id` or its visible text, with its block. */
export function findControl(blocks: readonly Json[], control: string): { element: Json; block: Json } {
  for (const block of blocks)
    for (const element of elementsOf(block))
      if (element.action_id === control || labels(element).includes(control)) return { element, block };
  const known = blocks.flatMap(elementsOf).map((one) => `${text(one.action_id)} (${labels(one).join(', ')})`);
  throw new Error(`There is no control ${control} here. There are: ${known.join('; ')}.`);
}

/** The texts a person could point at: the label of a button, or of the two feedback buttons. */
function labels(element: Json): string[] {
  const parts = [element, object(element.positive_button), object(element.negative_button)];
  return parts.map((part) => text(object(part.text).text)).filter((label) => label !== '');
}

/** The fields of an action that say what was pressed, chosen or typed. */
export function pressed(element: Json, options: ActOptions): Json {
  if (element.type === 'feedback_buttons') {
    const side = object(element[`${options.verdict ?? 'positive'}_button`]);
    return { text: side.text, value: side.value };
  }
  const groups = objects(element.option_groups).flatMap((group) => objects(group.options));
  const choices = [...objects(element.options), ...groups];
  const chosen = choices.find((one) => one.value === options.value);
  if (chosen) return { selected_option: chosen };
  if (options.value !== undefined && element.type === 'external_select')
    return { selected_option: { text: { type: 'plain_text', text: options.value }, value: options.value } };
  if (options.value !== undefined) return { value: options.value };
  const { text: label, value, style, url } = element;
  return { text: label, ...(value ? { value } : {}), ...(style ? { style } : {}), ...(url ? { url } : {}) };
}

/** The options of an answer, checked as Slack checks them: at most 100, short texts. */
export function offered(payload: Json): Json[] {
  const groups = objects(payload.option_groups).flatMap((group) => objects(group.options));
  const options = [...objects(payload.options), ...groups];
  if (options.length > SIZES.options)
    throw new Error(`Slack takes at most ${SIZES.options} options, not ${options.length}.`);
  for (const option of options) {
    const label = text(object(option.text).text);
    if (label === '' || label.length > SIZES.label75)
      throw new Error(`Slack refuses the option "${label}": 1 to 75 characters.`);
    if (text(option.value).length > SIZES.optionValue)
      throw new Error('Slack refuses an option value over 150 characters.');
  }
  if (list(payload.options).length === 0 && groups.length === 0 && !('options' in payload))
    throw new Error('The answer has no options.');
  return options;
}
