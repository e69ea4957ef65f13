import type { FormFault } from './errors.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';

type Path = readonly (string | number)[];
const nameShape = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/**
 * The rules for application commands that the published description leaves out: names, descriptions, required options first,
 * choices against autocomplete, 25 of everything, 8000 characters in all (our reference, discord 1.7).
 */
export function commandFaults(commands: readonly Wire[]): FormFault[] {
  const seen = new Set<string>();
  return commands.flatMap((command, at) => {
    const faults: FormFault[] = [];
    const type = typeof command.type === 'number' ? command.type : 1;
    const key = `${type} ${String(command.name)}`;
    if (seen.has(key)) {
      faults.push({
        path: [at],
        code: 'APPLICATION_COMMANDS_DUPLICATE_NAME',
        message: 'Application command names must be unique',
      });
    }
    seen.add(key);
    if (type !== 1) {
      if (typeof command.description === 'string' && command.description !== '') {
        faults.push({
          path: [at, 'description'],
          code: 'APPLICATION_COMMAND_DESCRIPTION_INVALID',
          message: 'Context menu commands cannot have description',
        });
      }
      if (optionsOf(command).length > 0) {
        faults.push({
          path: [at, 'options'],
          code: 'APPLICATION_COMMAND_OPTIONS_INVALID',
          message: 'Context menu commands cannot have options',
        });
      }
      return faults;
    }
    faults.push(...nameFaults(command, [at]));
    faults.push(...optionFaults(optionsOf(command), [at]));
    if (characters(command) > 8000) {
      faults.push({
        path: [at],
        code: 'APPLICATION_COMMAND_TOO_LARGE',
        message: 'Command exceeds maximum size (8000)',
      });
    }
    return faults;
  });
}

function optionsOf(node: Wire): Wire[] {
  return Array.isArray(node.options) ? node.options.filter(isWire) : [];
}

function nameFaults(node: Wire, path: Path): FormFault[] {
  const faults: FormFault[] = [];
  const name = text(node.name);
  if (!nameShape.test(name) || name !== name.toLowerCase()) {
    faults.push({
      path: [...path, 'name'],
      code: 'APPLICATION_COMMAND_INVALID_NAME',
      message: 'Command name is invalid',
    });
  }
  if (text(node.description) === '') {
    faults.push({ path: [...path, 'description'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required' });
  }
  return faults;
}

function optionFaults(options: readonly Wire[], base: Path): FormFault[] {
  const faults: FormFault[] = [];
  const fault = (path: Path, code: string, message: string) => faults.push({ path, code, message });
  if (options.length > 25) fault([...base, 'options'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  const nested = options.filter((one) => one.type === 1 || one.type === 2).length;
  if (nested > 0 && nested < options.length) {
    fault(
      [...base, 'options'],
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  let optional = false;
  for (const [at, option] of options.entries()) {
    const path = [...base, 'options', at];
    faults.push(...nameFaults(option, path));
    if (options.findIndex((one) => one.name === option.name) !== at) {
      fault(
        [...path, 'name'],
        'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED',
        'The specified option name is already used',
      );
    }
    if (option.required === true && optional) {
      fault(
        path,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if (option.required !== true) optional = true;
    const choices = Array.isArray(option.choices) ? option.choices.filter(isWire) : [];
    if (choices.length > 0 && option.autocomplete === true) {
      fault(
        path,
        'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
        'Choices and autocomplete are mutually exclusive',
      );
    }
    faults.push(...choiceFaults(choices, [...path, 'choices']));
    if (option.type === 1 || option.type === 2) faults.push(...optionFaults(optionsOf(option), path));
  }
  return faults;
}

/** Choices, also those of an autocomplete answer: at most 25, names of 1 to 100, string values up to 100, no name twice. */
export function choiceFaults(choices: readonly Wire[], path: Path): FormFault[] {
  const faults: FormFault[] = [];
  const fault = (where: Path, code: string, message: string) => faults.push({ path: where, code, message });
  if (choices.length > 25) fault(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  for (const [at, choice] of choices.entries()) {
    const name = text(choice.name);
    if (name.length < 1 || name.length > 100) {
      fault([...path, at, 'name'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
    }
    if (typeof choice.value === 'string' && choice.value.length > 100) {
      fault([...path, at, 'value'], 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.');
    }
    if (choices.findIndex((one) => one.name === choice.name) !== at) {
      fault(
        [...path, at, 'name'],
        'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS',
        'Option choice name already exists',
      );
    }
  }
  return faults;
}

/** Name, description and string values of the command, its options and choices, added up as Discord does. */
function characters(node: Wire): number {
  const choices = Array.isArray(node.choices) ? node.choices.filter(isWire) : [];
  return (
    text(node.name).length +
    text(node.description).length +
    choices.reduce((sum, one) => sum + text(one.name).length + text(one.value).length, 0) +
    optionsOf(node).reduce((sum, one) => sum + characters(one), 0)
  );
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
