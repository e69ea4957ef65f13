import { component, walk } from './componentRules.ts';
import type { PersonFile } from './people.ts';
import { keepFile } from './people.ts';
import type { Wire } from './wire.ts';
import { attachmentWire, isWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** What a person puts into one field of a modal. */
export type FieldValue = string | boolean | readonly string[] | readonly PersonFile[];

/** The data of a modal submit. Throws when Discord's client would not let the form go: required, lengths, choices. */
export function fillModal(
  world: World,
  channelId: string,
  modal: Wire,
  values: Readonly<Record<string, FieldValue>>,
): Wire {
  const top = Array.isArray(modal.components) ? modal.components.filter(isWire) : [];
  const known = walk(top, []).map((one) => one.node.custom_id);
  for (const id of Object.keys(values)) if (!known.includes(id)) throw new Error(`the form has no field ${id}`);
  const resolved: Record<string, Record<string, Wire>> = {};
  let next = 0;
  const number = () => {
    next += 1;
    return next;
  };
  const field = (node: Wire): Wire => {
    const id = String(node.custom_id);
    return { type: node.type, id: number(), custom_id: id, ...filled(world, channelId, node, values[id], resolved) };
  };
  const components = top.map((node): Wire => {
    const own = number();
    if (node.type === component.Label && isWire(node.component)) {
      return { type: node.type, id: own, component: field(node.component) };
    }
    if (node.type === component.Row && Array.isArray(node.components)) {
      return { type: node.type, id: own, components: node.components.filter(isWire).map(field) };
    }
    return { type: node.type, id: own };
  });
  return {
    custom_id: modal.custom_id,
    components,
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
  };
}

function filled(
  world: World,
  channelId: string,
  node: Wire,
  value: FieldValue | undefined,
  resolved: Record<string, Record<string, Wire>>,
): Wire {
  const name = String(node.custom_id);
  const required = node.required !== false;
  if (node.type === component.TextInput) return { value: textValue(node, name, value, required) };
  if (node.type === component.Checkbox) return { value: value ?? node.default ?? false };
  const options = Array.isArray(node.options) ? node.options.filter(isWire) : null;
  const preset = options?.filter((one) => one.default === true).map((one) => String(one.value)) ?? [];
  const list = value === undefined ? preset : Array.isArray(value) ? [...value] : [value];
  const max =
    typeof node.max_values === 'number'
      ? node.max_values
      : node.type === component.CheckboxGroup
        ? (options?.length ?? 1)
        : 1;
  const min = typeof node.min_values === 'number' ? node.min_values : 1;
  if (list.length > max) throw new Error(`${name} takes at most ${max}`);
  if (list.length < min && (required || list.length > 0)) throw new Error(`${name} needs at least ${min}`);
  const values = list.map((one) => {
    if (typeof one === 'object') {
      const file = keepFile(world, channelId, one);
      resolved.attachments = { ...resolved.attachments, [file.id]: attachmentWire(world, file) };
      return file.id;
    }
    const text = String(one);
    if (options !== null && !options.some((option) => option.value === text))
      throw new Error(`${name} has no choice ${text}`);
    if (node.type === component.UserSelect) {
      resolved.users = { ...resolved.users, [text]: userWire(world.user(text)) };
    }
    return text;
  });
  if (node.type === component.RadioGroup) return { value: values[0] ?? null };
  return { values };
}

function textValue(node: Wire, name: string, value: FieldValue | undefined, required: boolean): string {
  const preset = typeof node.value === 'string' ? node.value : '';
  const text = value === undefined ? preset : String(value);
  const max = typeof node.max_length === 'number' ? node.max_length : 4000;
  const min = typeof node.min_length === 'number' ? node.min_length : 0;
  if (required && text === '') throw new Error(`${name} is required`);
  if (text.length > max) throw new Error(`${name} takes at most ${max} characters`);
  if (text !== '' && text.length < min) throw new Error(`${name} needs at least ${min} characters`);
  return text;
}
