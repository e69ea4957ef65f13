import { component, customIdFaults, walk } from './componentRules.ts';
import type { FormFault } from './errors.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';

/** The rules for modals beyond the published description: one to five top-level components, nothing that makes no sense. */
export function modalFaults(modal: Wire): FormFault[] {
  const base = ['data', 'components'];
  const top = Array.isArray(modal.components) ? modal.components.filter(isWire) : [];
  const faults: FormFault[] = [];
  const fault = (path: readonly (string | number)[], code: string, message: string) =>
    faults.push({ path, code, message });
  if (top.length < 1 || top.length > 5) fault(base, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  const all = walk(top, base);
  faults.push(...customIdFaults(all));
  for (const [at, node] of top.entries()) {
    const legacy = node.type === component.Row;
    if (
      legacy &&
      Array.isArray(node.components) &&
      node.components.some((one) => !isWire(one) || one.type !== component.TextInput)
    ) {
      fault([...base, at], 'UNION_TYPE_CHOICES', 'Only text inputs may stand in an action row of a modal.');
    }
    if (node.type === component.Label && isWire(node.component) && node.component.label !== undefined) {
      fault(
        [...base, at, 'component', 'label'],
        'COMPONENT_LABEL_NOT_ALLOWED',
        'A text input inside a label has no label of its own.',
      );
    }
  }
  for (const { node, path } of all) {
    const min = number(node.min_length) ?? 0;
    const max = number(node.max_length) ?? 4000;
    if (node.type === component.TextInput) {
      if (min > max)
        fault([...path, 'min_length'], 'TEXT_INPUT_MIN_LENGTH_GREATER', 'min_length is greater than max_length');
      const value = typeof node.value === 'string' ? node.value : '';
      if (value.length > max) fault([...path, 'value'], 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    }
    const options = Array.isArray(node.options) ? node.options.filter(isWire) : [];
    const values = options.map((one) => one.value);
    if (new Set(values).size < values.length) {
      fault(
        [...path, 'options'],
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    }
    if ((number(node.min_values) ?? 0) > (number(node.max_values) ?? 25)) {
      fault([...path, 'min_values'], 'SELECT_COMPONENT_MIN_VALUES_GREATER', 'min_values is greater than max_values');
    }
    if (node.type === component.StringSelect && (number(node.max_values) ?? 1) > options.length) {
      fault([...path, 'max_values'], 'SELECT_COMPONENT_MAX_VALUES_TOO_LARGE', `Must be ${options.length} or fewer.`);
    }
  }
  return faults;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
