import type { CommandSpec, OptionSpec } from '../chat/commands.ts';
import { type Field, type FieldType, type FormValue, field } from '../chat/forms.ts';

/** The form of a command: one field per option, filled in with what has been typed already. Suggestions are asked for as `path.option`. */
export function fieldsOf(spec: CommandSpec, path: string, typed: ReadonlyMap<string, FormValue>): Field[] {
  return spec.options.map((option) =>
    field({
      name: option.name,
      type: fieldType(option),
      label: option.name.charAt(0).toUpperCase() + option.name.slice(1),
      hint: option.summary,
      required: option.required,
      initial: initialOf(option, typed.get(option.name)),
      choices: option.choices,
      suggest: option.suggested ? `${path}.${option.name}` : null,
    }),
  );
}

/**
 * The fields that stand in one step where a platform shows at most `most`: the required ones, then others in order. Nobody should
 * have to send two forms to ask a question; what is left out can be typed as an option. Pure.
 */
export function inOneStep(fields: readonly Field[], most: number | null): readonly Field[] {
  const required = fields.filter((field) => field.required);
  const others = fields.filter((field) => !field.required);
  const room = most === null ? fields.length : Math.max(most, required.length);
  const shown = new Set([...required, ...others].slice(0, room));
  return fields.filter((field) => shown.has(field));
}

/** What was typed of several values is picked in the form one by one. */
function initialOf(option: OptionSpec, typed: FormValue | undefined): FormValue | null {
  if (!option.several || typeof typed !== 'string') return typed ?? null;
  const values = typed.split(',').map((value) => value.trim());
  return values.filter((value) => value !== '');
}

function fieldType(option: OptionSpec): FieldType {
  if (option.suggested) return option.several ? 'multi' : 'choice';
  switch (option.type) {
    case 'rest':
      return 'longText';
    case 'integer':
      return 'number';
    case 'toggle':
      return 'toggle';
    case 'choice':
      return 'choice';
    case 'file':
      return 'file';
    case 'user':
      return 'user';
    case 'word':
      return 'text';
  }
}
