import type { FormFault } from './errors.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';

/** Component types by Discord's names. */
export const component = {
  Row: 1,
  Button: 2,
  StringSelect: 3,
  TextInput: 4,
  UserSelect: 5,
  ChannelSelect: 8,
  Section: 9,
  TextDisplay: 10,
  Container: 17,
  Label: 18,
  FileUpload: 19,
  RadioGroup: 21,
  CheckboxGroup: 22,
  Checkbox: 23,
} as const;

type Path = readonly (string | number)[];

/** Every component of a tree with its path: children of `components`, `component` and `accessory`. */
export function walk(nodes: readonly unknown[], base: Path): Array<{ node: Wire; path: Path }> {
  return nodes.flatMap((node, at) => {
    if (!isWire(node)) return [];
    const path = [...base, at];
    const inner = Array.isArray(node.components) ? walk(node.components, [...path, 'components']) : [];
    const single = (['component', 'accessory'] as const).flatMap((key) =>
      isWire(node[key]) ? [{ node: node[key], path: [...path, key] }] : [],
    );
    return [{ node, path }, ...inner, ...single];
  });
}

/** The rules for components of a message that the published description leaves out (our reference, discord 1.7). */
export function componentFaults(components: readonly Wire[], v2: boolean): FormFault[] {
  const faults: FormFault[] = [];
  const all = walk(components, ['components']);
  const fault = (path: Path, code: string, message: string) => faults.push({ path, code, message });
  if (v2) {
    if (all.length > 40) fault(['components'], 'BASE_TYPE_MAX_LENGTH', 'Must be 40 or fewer components in total.');
    const shown = all.reduce(
      (sum, { node }) => sum + (node.type === component.TextDisplay ? text(node.content).length : 0),
      0,
    );
    if (shown > 4000) {
      fault(
        ['components'],
        'COMPONENT_MAX_TOTAL_COMPONENTS_DISPLAYABLE_TEXT',
        'The displayable text is over 4000 characters.',
      );
    }
  } else {
    if (components.length > 5) fault(['components'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
    for (const [at, node] of components.entries()) {
      if (node.type !== component.Row)
        fault(['components', at, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    }
  }
  faults.push(...customIdFaults(all), ...all.flatMap(({ node, path }) => nodeFaults(node, path)));
  return faults;
}

/** `custom_id`s may stand once in a message or modal, and have 1 to 100 characters. */
export function customIdFaults(all: ReadonlyArray<{ node: Wire; path: Path }>): FormFault[] {
  const seen = new Set<string>();
  return all.flatMap(({ node, path }): FormFault[] => {
    if (typeof node.custom_id !== 'string') return [];
    if (!seen.has(node.custom_id)) {
      seen.add(node.custom_id);
      return [];
    }
    return [
      {
        path: [...path, 'custom_id'],
        code: 'COMPONENT_CUSTOM_ID_DUPLICATED',
        message: 'Component custom id cannot be duplicated',
      },
    ];
  });
}

/** The rules for one component. */
function nodeFaults(node: Wire, path: Path): FormFault[] {
  if (node.type === component.Row) return rowFaults(node, path);
  if (node.type === component.Button) return buttonFaults(node, path);
  if (node.type === component.StringSelect) return selectFaults(node, path);
  return [];
}

function rowFaults(row: Wire, path: Path): FormFault[] {
  const inside = Array.isArray(row.components) ? row.components.filter(isWire) : [];
  const wide = inside.some((node) => node.type !== component.Button);
  if (!wide || inside.length === 1) return [];
  return [
    {
      path: [...path, 'components'],
      code: 'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      message: 'The specified component exceeds the maximum width',
    },
  ];
}

function buttonFaults(button: Wire, path: Path): FormFault[] {
  const faults: FormFault[] = [];
  const fault = (key: string, code: string, message: string) => faults.push({ path: [...path, key], code, message });
  if (button.style === 5) {
    if (typeof button.url !== 'string') fault('url', 'BASE_TYPE_REQUIRED', 'A url is required');
    if (button.custom_id !== undefined)
      fault(
        'custom_id',
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
  } else if (button.style !== 6 && typeof button.custom_id !== 'string') {
    fault('custom_id', 'BASE_TYPE_REQUIRED', 'A custom id is required');
  }
  if (text(button.label).trim() === '' && !isWire(button.emoji) && button.style !== 6) {
    fault('label', 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or emoji is required');
  }
  return faults;
}

function selectFaults(select: Wire, path: Path): FormFault[] {
  const options = Array.isArray(select.options) ? select.options.filter(isWire) : [];
  const faults: FormFault[] = [];
  const values = options.map((one) => one.value);
  for (const [at, one] of options.entries()) {
    const where = [...path, 'options', at];
    if (text(one.label) === '')
      faults.push({ path: [...where, 'label'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required' });
    if (values.indexOf(one.value) !== at) {
      faults.push({
        path: [...where, 'value'],
        code: 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        message: 'The specified option value is already used',
      });
    }
  }
  const max = typeof select.max_values === 'number' ? select.max_values : 1;
  const min = typeof select.min_values === 'number' ? select.min_values : 1;
  if (min > max)
    faults.push({
      path: [...path, 'min_values'],
      code: 'SELECT_COMPONENT_MIN_VALUES_GREATER',
      message: 'min_values is greater than max_values',
    });
  if (max > options.length)
    faults.push({
      path: [...path, 'max_values'],
      code: 'SELECT_COMPONENT_MAX_VALUES_TOO_LARGE',
      message: `Must be ${options.length} or fewer.`,
    });
  if (options.filter((one) => one.default === true).length > max) {
    faults.push({
      path: [...path, 'options'],
      code: 'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES',
      message: 'There are more default values than max_values',
    });
  }
  return faults;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
