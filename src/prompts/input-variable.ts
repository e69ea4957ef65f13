import { defaultOf, fieldTypeOf } from './fields.ts';
import type { Variable } from './grammar.ts';

/**
 * The variable that takes what is given to a prompt without a name: the clipboard, else one called
 * `input`, else the first long text, else the first short
 * one without a default. Null when there is none: the input then follows the prompt. Only variables without a value are asked.
 */
export function inputVariable(variables: readonly Variable[], given: ReadonlyMap<string, unknown>): Variable | null {
  const free = variables.filter(({ name }) => !given.has(name));
  return (
    free.find(({ name }) => name === 'CLIPBOARD') ??
    free.find(({ name }) => name.toLowerCase() === 'input') ??
    free.find((variable) => fieldTypeOf(variable) === 'longText') ??
    free.find((variable) => variable.type === 'text' && defaultOf(variable) === null) ??
    null
  );
}
