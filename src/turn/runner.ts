import type { Clock } from '../chat/clock.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import type { Delivery, LiveReply } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import { createCheckpoints } from '../store/checkpoints.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { type Answering, LET_GO } from './answering.ts';
import { resumeTurn } from './checkpoint.ts';
import { asAsker } from './credentials.ts';
import { toldInPrivate } from './elsewhere.ts';
import { endedPayload } from './ended.ts';
import { eventOf, pictureEvent } from './frame-event.ts';
import type { Gather, Gathered } from './gather.ts';
import type { Locate, Located } from './locate.ts';
import { createPictures } from './pictures.ts';
import { decodeQuestion } from './question.ts';
import { reduce } from './reducer.ts';
import type { Effect, TurnEvent, TurnState } from './state.ts';
import { mannerOf } from './wished.ts';

/** Without text for so long, the reply shows that it is still at work, with Stop. */
const QUIET_MS = 10_000;
/** The text is left in the store this often while it grows; all that a crash can cost is asking again. */
const CHECKPOINT_MS = 30_000;

/** What a turn needs of the rest. */
export interface TurnRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly log: Log;
  readonly locate: Locate;
  readonly gather: Gather;
  /** Words of our own as they are said on a platform, with its commands. */
  spell(platform: string, words: string): string;
  /** The longest answer, in UTF-16 units. */
  readonly answerUnits: number;
}

/** One turn that runs in this process. */
export interface RunningTurn {
  dispatch(event: TurnEvent): void;
  /** Stops without a word: somebody else has the turn now. */
  abandon(): void;
  /** Puts the job back to wait; quietly does nothing when it has ended or is another's. */
  giveBack(): Promise<void>;
  /** Resolves when the turn has ended in the store, or was let go; rejects when the store failed. */
  readonly over: Promise<void>;
}

/** The runner: it performs the reducer's effects and feeds it what comes of them, from where the job stands to its end. */
export function runTurn(
  rooms: TurnRooms,
  answering: Answering,
  { job, lost }: { readonly job: Job; readonly lost: AbortSignal },
): RunningTurn {
  const { store, delivery, clock } = rooms;
  const question = decodeQuestion(job.payload, rooms.vault);
  const log = rooms.log.child({ turn: job.id });
  const model = new AbortController();
  const over = Promise.withResolvers<void>();
  let state: TurnState = resumeTurn(job, clock.now(), mannerOf(question));
  let located: Located | null = null;
  let gathered: Gathered | null = null;
  let reply: LiveReply | null = null;
  let ended = false;
  let checkpointDue = clock.now() + CHECKPOINT_MS;
  let rest: (() => void) | null = null;
  const checkpoints = createCheckpoints(store.jobs, job, {
    lost: abandon,
    failed: (error) =>
      log.warn({ error }, 'a turn could not be left in the store, or given back: then its lease will run out'),
  });
  const pictures = createPictures({ delivery, outbox: store.outbox, log, job, question });

  function dispatch(event: TurnEvent): void {
    if (ended) return;
    const [next, effects] = reduce(state, event, rooms.answerUnits);
    state = next;
    for (const effect of effects) perform(effect);
    if (state.phase === 'answering' && clock.now() >= checkpointDue) checkpoint();
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'locate':
        follow(locate());
        break;
      case 'gather':
        follow(gather());
        break;
      case 'askModel':
        follow(asAsker(question, gathered?.ask.owner != null, askModel));
        break;
      case 'abortModel':
        model.abort();
        break;
      case 'show':
        theReply().show(effect.view);
        break;
      case 'finish':
        follow(finish(effect.view));
        break;
      case 'checkpoint':
        checkpoint();
        break;
      case 'end':
        end().then(over.resolve, over.reject);
        break;
    }
  }

  /** What an effect throws is what happened to the turn. */
  function follow(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const problem = problemOf(error);
      if (!model.signal.aborted)
        log.warn(
          { kind: problem.kind, detail: problem.detail, ...(problem.kind === 'bug' && { error }) },
          'turn failed',
        );
      const say = rooms.spell(question.place.platform, problem.say);
      dispatch({ type: 'failed', problem: { ...problem, say } });
    });
  }

  async function locate(): Promise<void> {
    located = await rooms.locate.locate(job, question);
    dispatch({ type: 'located', place: located.place });
  }

  async function gather(): Promise<void> {
    if (state.place) rest = work(state.place);
    // From now on counts how long people see nothing.
    theReply();
    gathered = await rooms.gather(job, question, state, model.signal);
    const { ids, asked, notices } = gathered;
    const armed = (gathered.question.toolIds ?? []).length > 0;
    dispatch({ type: 'gathered', ids, asked, notices, armed });
  }

  /** Lets people see that something is being done, until the returned function is called. */
  function work(place: Place): () => void {
    delivery.busy(place, 'thinking…');
    const cancelQuiet = clock.after(QUIET_MS, () => dispatch({ type: 'quiet' }));
    return () => {
      cancelQuiet();
      delivery.busy(place, null);
    };
  }

  function atRest(): void {
    rest?.();
    rest = null;
  }

  async function askModel(): Promise<void> {
    if (!gathered) return;
    const begins = () => dispatch({ type: 'background' });
    for await (const frame of answering(gathered, { signal: model.signal, goesOn: state.background, begins })) {
      if (frame.type === 'working' && state.place) delivery.busy(state.place, `using ${frame.tool}…`);
      const shown = frame.type === 'image' && !question.private && pictures.take(frame.url);
      const event = shown ? pictureEvent(clock.now()) : eventOf(frame, clock.now());
      if (event) dispatch(event);
      // The answer is whole now; what the server still does behind it must not hold up its last edit.
      if (frame.type === 'end') dispatch({ type: 'answered' });
    }
    dispatch({ type: 'answered' });
  }

  /** The live reply. Made once: after a crash it finds the messages that already stand. Throws when its platform is not connected. */
  function theReply(): LiveReply {
    reply ??= delivery.reply({
      lease: job,
      job: job.id,
      generation: question.generation,
      place: state.place ?? question.place,
      via: question.announce === null || question.private ? question.trigger : null,
      after: question.message,
      reuse: located?.reuse ?? [],
      expiresAt: job.expiresAt,
      ...(question.private && { answerUser: question.asker.ref }),
    });
    return reply;
  }

  /** The last edit. Whatever becomes of it, the turn is over then. */
  async function finish(view: Parameters<LiveReply['finish']>[0]): Promise<void> {
    atRest();
    const problem = await put(view).catch(problemOf);
    if (problem === null) {
      if (gathered && state.place) await pictures.post(gathered.ask.server, state.place);
      dispatch({ type: 'delivered' });
      return;
    }
    // Another process has the turn now, or will: the answer is theirs to show.
    if (problem.kind === 'stopped') abandon();
    if (ended) return;
    log.warn({ kind: problem.kind, detail: problem.detail }, 'answer could not be shown');
    await toldInPrivate(delivery, question, problem).catch((error: unknown) =>
      log.info({ detail: problemOf(error).detail }, 'nor could the asker be told'),
    );
    dispatch({ type: 'undelivered', problem });
  }

  async function put(view: Parameters<LiveReply['finish']>[0]): Promise<Problem | null> {
    const { place } = state;
    // After a crash the messages to be written into are looked up again, so that the surplus can be taken away.
    if (!located && place) located = { place, reuse: await rooms.locate.reusable(question, place) };
    const delivered = await theReply().finish(view);
    return delivered.ok ? null : delivered.problem;
  }

  function checkpoint(): void {
    checkpointDue = clock.now() + CHECKPOINT_MS;
    checkpoints.leave(state);
  }

  async function end(): Promise<void> {
    ended = true;
    const { problem, text, stopped } = state;
    checkpoint();
    await checkpoints.written();
    const after = {
      key: `after:${job.id}`,
      lane: 'after',
      conversation: job.conversation,
      kind: 'after',
      payload: endedPayload(job.id),
      notBefore: 0,
      expiresAt: clock.now() + store.keptMs,
      person: job.person,
    } as const;
    await store.jobs.finish(
      job,
      'done',
      problem?.detail ?? null,
      state.ids && !state.manner.temporary ? [after] : [],
      clock.now(),
    );
    // Said when it is so in the store as well: whoever reads it may count on that.
    log.info(
      {
        ms: clock.now() - state.startedAt,
        units: text.length,
        outcome: problem?.kind ?? (stopped ? 'stopped' : 'answered'),
      },
      'turn over',
    );
  }

  function abandon(): void {
    if (ended) return;
    ended = true;
    atRest();
    model.abort(LET_GO);
    reply?.abandon();
    over.resolve();
  }

  lost.addEventListener('abort', abandon, { once: true });
  dispatch({ type: 'begin' });
  return { dispatch, abandon, giveBack: () => checkpoints.giveBack(clock.now()), over: over.promise };
}
