import type { FormValue, FormValues } from '../../src/chat/forms.ts';
import { Secret } from '../../src/chat/secret.ts';
import { localTime } from './local-time.ts';
import { fileRef } from './messages.ts';
import type { StateValue, WireView } from './wire.ts';

/** What somebody filled in, by field name. What was emptied is there as empty: it may have held something before. Pure. */
export function readValues(view: WireView, zone: string | null): FormValues {
  const values = new Map<string, FormValue>();
  for (const [block, elements] of Object.entries(view.state?.values ?? {})) {
    const name = block.slice(block.indexOf(':') + 1);
    for (const [action, state] of Object.entries(elements)) {
      const value = readState(action.split(':', 1)[0] ?? '', state, zone);
      if (value !== null) values.set(name, value);
    }
  }
  return values;
}

/** The block ids of a form by field name, for errors that stand at the field. */
export function blockIds(view: WireView): Map<string, string> {
  return new Map(Object.keys(view.state?.values ?? {}).map((block) => [block.slice(block.indexOf(':') + 1), block]));
}

function readState(type: string, state: StateValue, zone: string | null): FormValue | null {
  switch (type) {
    case 'toggle':
      return (state.selected_options ?? []).length > 0;
    case 'choice':
      return state.selected_option?.value ?? '';
    case 'multi':
      return (state.selected_options ?? []).flatMap((one) => one.value ?? []);
    case 'date':
      return state.selected_date ?? '';
    case 'time':
      return state.selected_time ?? '';
    case 'datetime':
      return state.selected_date_time == null ? '' : localTime(state.selected_date_time, zone);
    case 'user':
      return state.selected_user ?? '';
    case 'file':
      return (state.files ?? []).flatMap((file) => fileRef(file) ?? []);
    case 'secret':
      return state.value ? new Secret(state.value) : null;
    default:
      return state.value ?? '';
  }
}
