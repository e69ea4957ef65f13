import { html, nothing, type TemplateResult } from 'lit-html';
import type { Entered } from '../protocol.ts';
import { NAME_UNITS } from '../words.ts';
import { avatar } from './avatar.ts';
import { hasTexts, keep, kept } from './keep.ts';
import { change, state } from './state.ts';

let problem: string | null = null;
let entering = false;

/** People who entered in this browser before, the last one first. */
function known(): Entered[] {
  const found = kept('people');
  return Array.isArray(found) ? found.filter((one): one is Entered => hasTexts(one, 'id', 'name', 'key')) : [];
}

/** Who this tab is: kept for the tab, so that several tabs can be several people. */
export function remembered(): Entered | null {
  const here = kept('me', sessionStorage);
  return hasTexts(here, 'id', 'name', 'key') ? here : null;
}

/** The only person of this browser, who need not be asked again. */
export function onlyOne(): Entered | null {
  const people = known();
  return people.length === 1 && !kept('asked', sessionStorage) ? (people[0] ?? null) : null;
}

/** Forgets a person whose key is no longer good: the page's data was replaced. */
export function forget(id: string): void {
  keep(
    'people',
    known().filter((one) => one.id !== id),
  );
  keep('me', null, sessionStorage);
}

/** Asks again who is here, in this tab. */
export function leave(): void {
  keep('me', null, sessionStorage);
  keep('asked', true, sessionStorage);
  location.reload();
}

async function enter(name: string, then: (me: Entered) => void): Promise<void> {
  entering = true;
  problem = null;
  change(() => undefined);
  try {
    const response = await fetch('/local/enter', { method: 'POST', body: JSON.stringify({ name }) });
    const body: unknown = await response.json();
    if (response.ok && hasTexts(body, 'id', 'name', 'key')) become(body, then);
    else problem = hasTexts(body, 'error') ? body.error : 'That did not work. Please try again.';
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    problem = 'Parley cannot be reached. Please try again in a moment.';
  } finally {
    entering = false;
    change(() => undefined);
  }
}

function become(me: Entered, then: (me: Entered) => void): void {
  keep('people', [me, ...known().filter((one) => one.id !== me.id)].slice(0, 8));
  keep('me', me, sessionStorage);
  then(me);
}

/** Where one comes in: a name, or somebody who was here before. */
export function entry(then: (me: Entered) => void): TemplateResult {
  const people = known();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || entering) return;
    const name = String(new FormData(event.target).get('name') ?? '').trim();
    if (name !== '') void enter(name, then);
  };
  return html`<main class="entry">
    <form class="entry-card" @submit=${submit} data-testid="entry">
      ${avatar('parley')}
      <h1>Welcome to Parley</h1>
      <p>Chat with your models, alone or together with your team. What shall we call you?</p>
      <label class="field-label" for="name">Your name</label>
      <input id="name" name="name" class="input" required maxlength=${NAME_UNITS} autocomplete="name" autofocus placeholder="Ann Miller" data-testid="name"
        aria-invalid=${problem === null ? 'false' : 'true'} aria-describedby="name-problem">
      <p id="name-problem" class="problem" role="alert">${problem ?? nothing}</p>
      <button class="primary wide" data-testid="enter" ?disabled=${entering}>Come in</button>
      ${
        people.length === 0
          ? nothing
          : html`<div class="entry-known">
              <p>Or go on as</p>
              ${people.map(
                (one) =>
                  html`<button type="button" class="chip" @click=${() => become(one, then)}>${one.name}</button>`,
              )}
            </div>`
      }
    </form>
    ${state.stale === null ? nothing : html`<p class="entry-foot">${state.stale}</p>`}
  </main>`;
}
