import type { Json } from '../openwebui/json.ts';
import type { EnumValue, Slot, SlotType, TaskType } from './shapes.ts';

/** Bytes of one text (our reference, nextcloud 4, validation answers). */
const longestText = 512_000;

/** An input that may be run, or the server's sentence about what is wrong with it. */
export type Checked = { readonly input: Json } | { readonly problem: string };

/**
 * Checks an input as the server does: required keys, kinds of values, values of enums, defaults filled in, keys that no shape knows dropped.
 * Defaults stand first in the result.
 */
export function checked(type: TaskType, sent: Json): Checked {
  for (const [key, slot] of Object.entries(type.inputShape)) {
    const value = sent[key] ?? null;
    if (value === null && key in type.inputShapeDefaults) continue;
    if (value === null) return { problem: `Missing key: "${key}"` };
    const wrong = wrongWith(slot, value, type.inputShapeEnumValues[key]);
    if (wrong !== null) return { problem: `Failed to validate input key "${key}": ${wrong}` };
  }
  for (const [key, slot] of Object.entries(type.optionalInputShape)) {
    const value = sent[key] ?? null;
    const wrong = value === null ? null : wrongWith(slot, value, type.optionalInputShapeEnumValues[key]);
    if (wrong !== null) return { problem: `Failed to validate input key "${key}": ${wrong}` };
  }
  const known = Object.entries(sent).filter(
    ([key, value]) => value !== null && (key in type.inputShape || key in type.optionalInputShape),
  );
  return {
    input: { ...type.inputShapeDefaults, ...type.optionalInputShapeDefaults, ...Object.fromEntries(known) },
  };
}

function wrongWith(slot: Slot, value: unknown, values: readonly EnumValue[] | undefined): string | null {
  if (slot.type === 'Enum') {
    if (values?.some((one) => one.value === value) ?? typeof value === 'string') return null;
    const offered = (values ?? []).map((one) => `"${one.value}"`).join(', ');
    return `Wrong value given for Enum slot. Got "${String(value)}", but expected one of the provided enum values: ${offered}`;
  }
  if (slot.type.startsWith('ListOf')) {
    const items = Array.isArray(value) ? value : [Symbol('no list')];
    const fits = slot.type === 'ListOfTexts' ? isText : isNumeric;
    if (!items.every(fits)) return `Non-${kindOf(slot.type)} list item provided for ${slot.type} slot`;
    return items.some(isTooLong) ? 'Text is too long' : null;
  }
  if (!(slot.type === 'Text' ? isText : isNumeric)(value)) {
    return `Non-${kindOf(slot.type)} item provided for ${slot.type} slot`;
  }
  return isTooLong(value) ? 'Text is too long' : null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(value))
  );
}

function isTooLong(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) > longestText;
}

function kindOf(type: SlotType): string {
  const one = type
    .replace(/^ListOf/, '')
    .replace(/s$/, '')
    .toLowerCase();
  return one === 'number' ? 'numeric' : one;
}
