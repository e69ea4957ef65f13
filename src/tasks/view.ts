import type { Problem } from '../chat/errors.ts';
import type { Button, Controls, View } from '../chat/view.ts';
import { controlId } from '../turn/control-id.ts';
import type { TaskState } from './state.ts';

/** What a task shows at this moment. Pure. */
export function viewOf(state: TaskState): View {
  const final = state.phase === 'finishing' || state.phase === 'posting' || state.phase === 'over';
  return {
    markdown: final ? lastWords(state) : '',
    status: final ? null : state.status,
    note: null,
    sources: [],
    controls: final ? whatNext(state) : underWay(state),
    final,
  };
}

/** UTF-16 units of a result that fit into one message for its asker alone. */
const TOLD = 1_500;

/** What its asker alone is told when the last view cannot be shown, since the thread was deleted perhaps: the result is not lost with it. Pure. */
export function notShown({ result, seen }: TaskState, problem: Problem): string {
  const files = result?.files.length ?? 0;
  // The words around files say that they stand below, which they do not here.
  const text = (files > 0 ? result?.bare : result?.text) ?? '';
  const begin = text.length > TOLD ? `${text.slice(0, TOLD).toWellFormed()}…` : text;
  const rest = begin === text && files === 0 ? '' : `*The rest stands in Nextcloud, in task ${seen?.id}.*`;
  const why = `I could not show the result where you asked for it. ${problem.say}`;
  return [why, begin, rest].filter((part) => part !== '').join('\n\n');
}

function lastWords({ problem, cancelled, result, seen }: TaskState): string {
  if (result) return result.text;
  if (problem) return problem.say;
  if (!cancelled) return '*Cancelled in Nextcloud.*';
  return seen?.api === 'textprocessing'
    ? '*Stopped waiting.* This Nextcloud cannot stop a task that already runs; I have taken it off its list.'
    : '*Cancelled.*';
}

function underWay({ job, phase, cancelled, seen }: TaskState): Controls | null {
  // What cannot be called off any more offers nothing.
  if (cancelled || phase === 'cancelling' || phase === 'fetching') return null;
  const label = seen?.api === 'textprocessing' ? 'Stop waiting' : 'Cancel';
  return one({ id: controlId('cancel', job), label, style: 'danger', role: 'other' });
}

function whatNext({ job, problem, result, chain }: TaskState): Controls | null {
  if (!result && problem && problem.retry.when !== 'never')
    return one({ id: controlId('rerun', job), label: 'Retry', style: 'primary', role: 'other' });
  if (result && chain && result.bare !== '')
    return one({ id: controlId('chain', job), label: 'Summarise', style: 'plain', role: 'other' });
  return null;
}

function one(button: Button): Controls {
  return { buttons: [button], menu: null };
}
