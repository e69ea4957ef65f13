import type { Button, Controls, Note, View } from '../chat/view.ts';
import { closed } from '../delivery/repair.ts';
import { controlId } from './control-id.ts';
import type { TurnState } from './state.ts';

/** What may be offered under a finished answer, by the job that found the questions. */
export interface FollowUps {
  readonly job: string;
  readonly questions: readonly string[];
}

/** What is offered under a finished answer beside what can always be done with it. */
export interface Offered {
  readonly followUps?: FollowUps | undefined;
  /** The asker changed the question's text since. */
  readonly edited?: boolean | undefined;
}

/**
 * What a turn shows at this moment. Pure. `controls: false` is for an answer that is no longer the newest; `followUps` come
 * after it has been delivered.
 */
export function viewOf(state: TurnState, options: Offered & { readonly controls?: boolean } = {}): View {
  const final = state.phase === 'finishing' || state.phase === 'over';
  return {
    markdown: markdownOf(state, final),
    status: state.status,
    note: noteOf(state),
    sources: final ? state.sources : [],
    controls: options.controls === false ? null : controlsOf(state, final, options),
    final,
  };
}

function markdownOf(state: TurnState, final: boolean): string {
  const { asked } = state.manner;
  const begun = final || state.text !== '';
  const above = asked !== null && begun ? [asked, ...state.notices] : state.notices;
  const head = above.map((line) => `> ${line}`).join('\n');
  const foot = final ? footOf(state) : [];
  // Else an answer cut off in the middle of code or bold words would take what is said below it along.
  const text = foot.length > 0 ? closed(state.text) : state.text;
  return [head, text, ...foot].filter((block) => block !== '').join('\n\n');
}

/** What is said below an answer: how it ended, or how it came about. */
function footOf({ manner, sources, text, problem, stopped }: TurnState): string[] {
  if (problem) return [text ? `*${problem.say}*` : problem.say];
  const foot = stopped ? ['*Stopped.*'] : [];
  if (text === '') return foot;
  if (manner.web && !sources.some((source) => source.url !== null))
    foot.push('*The web search brought no page: it may be switched off in Open WebUI.*');
  if (manner.temporary)
    foot.push('*Temporary: Open WebUI keeps nothing of this, and later ordinary questions here do not know of it.*');
  return foot;
}

function noteOf(state: TurnState): Note | null {
  if (!state.reasoning.trim()) return null;
  const { thoughtFrom, thoughtTo } = state;
  if (thoughtFrom === null || thoughtTo === null) return { title: 'Thinking', markdown: state.reasoning };
  const seconds = Math.max(1, Math.round((thoughtTo - thoughtFrom) / 1000));
  return { title: `Thought for ${seconds} s`, markdown: state.reasoning };
}

function controlsOf(state: TurnState, final: boolean, { followUps, edited }: Offered): Controls {
  const buttons: Button[] = [];
  if (final && edited) buttons.push(button('edited', 'Answer the edited question', 'primary', state.job));
  if (!final) buttons.push(button('stop', 'Stop', 'danger', state.job));
  else if (state.problem) buttons.push(button('retry', 'Retry', 'primary', state.job));
  else {
    buttons.push(button('regenerate', 'Regenerate', 'plain', state.job));
    if (state.manner.shareable && state.text !== '') buttons.push(button('share', 'Share here', 'plain', state.job));
    // An opinion is kept with the chat: without one there is nothing to keep it with.
    if (!state.manner.temporary)
      buttons.push(button('good', 'Good answer', 'plain', state.job), button('bad', 'Bad answer', 'plain', state.job));
  }
  followUps?.questions.forEach((question, index) => {
    buttons.push({ id: controlId('follow', followUps.job, index), label: question, style: 'plain', role: 'follow-up' });
  });
  return { buttons, menu: null };
}

function button(
  action: 'stop' | 'retry' | 'regenerate' | 'share' | 'good' | 'bad' | 'edited',
  label: string,
  style: Button['style'],
  job: string,
): Button {
  return {
    id: controlId(action, job),
    label,
    style,
    role: action === 'share' || action === 'edited' ? 'other' : action,
  };
}
