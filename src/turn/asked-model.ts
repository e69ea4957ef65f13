import type { Identity } from '../accounts/accounts.ts';
import { Failure } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels, type Model } from '../openwebui/models.ts';
import { whoAsks } from './credentials.ts';
import type { ChooseModel } from './model-choice.ts';
import type { Question } from './question.ts';

/** What of a model matters for asking it. */
export type AskedModel = Pick<Model, 'id' | 'name' | 'toolIds' | 'knowledge' | 'searches'>;

/** The model that a question goes to, with the asker's own rights. Throws a `Failure` that the person is told. */
export type FindModel = (ask: Identity, question: Question, place: Place) => Promise<AskedModel>;

/** Where the models of an account are read. */
export interface ModelLists {
  /** From memory; may be empty or a little old. */
  models(server: OpenWebUI): readonly Model[];
  freshModels(server: OpenWebUI): Promise<readonly Model[]>;
}

type Chosen = NonNullable<Awaited<ReturnType<ChooseModel>>>;

/** See {@link FindModel}. */
export function createFindModel(rooms: ModelLists & { chooseModel: ChooseModel }): FindModel {
  return async (ask, question, place) => {
    const named = question.model === null ? null : ({ id: question.model, chosenBy: 'question' } as const);
    const chosen = named ?? (await rooms.chooseModel(whoAsks(question).ref, place));
    const pick = (models: readonly Model[]) =>
      chosen === null ? models.find((one) => !one.hidden) : models.find((one) => one.id === chosen.id);
    // The server may take seconds to list its models: what is known from before does, as long as the model is in it.
    const known = pick(rooms.models(ask.server));
    if (known) return known;
    let model: Model | undefined;
    try {
      model = pick(await rooms.freshModels(ask.server));
      // Before anybody is refused the list is read once more: it may have been opened to them a moment ago.
      if (!model && ask.owner !== null) model = pick(await listModels(ask.server));
    } catch (error) {
      // A list that cannot be had is no reason not to ask the model that was chosen.
      if (chosen === null) throw error;
      return unlisted(chosen.id);
    }
    if (model) return model;
    if (chosen === null) throw new Failure(NO_MODELS);
    if (ask.owner !== null) throw new Failure(notTheirs(chosen));
    return unlisted(chosen.id);
  };
}

function unlisted(id: string): AskedModel {
  return { id, name: id, toolIds: [], knowledge: false, searches: false };
}

const NO_MODELS = {
  kind: 'missing',
  retry: { when: 'later' },
  say: 'Open WebUI shows me no model to ask. Whoever runs it can give this account access to one.',
  detail: 'the list of models is empty',
} as const;

const CHOSEN: Record<Chosen['chosenBy'] | 'question', string> = {
  question: 'asked for here',
  thread: 'chosen for this conversation',
  channel: 'chosen for this channel',
  me: 'the one you chose',
  server: 'the one I ask by default',
};

/** A model that others may use, or that was there before: it is never asked with anybody else's rights. */
function notTheirs({ id, chosenBy }: { readonly id: string; readonly chosenBy: keyof typeof CHOSEN }) {
  return {
    kind: 'forbidden',
    retry: { when: 'later' },
    say: `The model “${id}” is ${CHOSEN[chosenBy]}, but your account in Open WebUI has no access to it. Choose another one with \`/model\`, or ask an administrator there for access.`,
    detail: 'the model is not in the asker’s list',
  } as const;
}
