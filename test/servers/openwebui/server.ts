/** The stand-in Open WebUI with a remote control: scripted answers, faults by route, a log of requests, down and up again. */
import { demoModel } from '../../../src/demo/openwebui/answers/demo-model.ts';
import { bytesOf } from '../../../src/demo/openwebui/exchange.ts';
import type { Answer, Ask, Model, TaskKind } from '../../../src/demo/openwebui/model.ts';
import type { Chat } from '../../../src/demo/openwebui/records.ts';
import { listen, makeOpenWebUI, type StandIn, type StandInOptions } from '../../../src/demo/openwebui/server.ts';
import type { Happening } from '../../../src/demo/openwebui/world.ts';
import { type Faulty, keep, startFaulty } from '../faulty.ts';

/** The running server and its controls. `until` looks at each change of a stream too. */
export interface ScriptedOpenWebUI extends Omit<StandIn, 'handle' | 'stop'>, Faulty {
  /** Answers the next completion with this; further calls queue up. Without any, the demo's own words come, without waiting. */
  next(answer: Answer | ((ask: Ask) => Answer)): void;
  /** The same for the next call of a task: its text, as the model would write it. */
  nextTask(kind: TaskKind, text: string | ((ask: Ask) => string)): void;
  /** Streams of the direct mode: how many are open, began, and lost their client before the end. */
  readonly streams: { readonly open: number; readonly started: number; readonly aborted: number };
  chat(id: string): Chat | null;
  chats(): readonly Chat[];
  /** What the model was asked, oldest first; the newest 5,000. */
  readonly asked: readonly Ask[];
}

/** Starts it on a random port of the loopback address. */
export async function startScriptedOpenWebUI(options: Omit<StandInOptions, 'watch'> = {}): Promise<ScriptedOpenWebUI> {
  const demo = options.model ?? demoModel({ seed: options.seed ?? 1, pace: options.pace ?? 'instant' });
  const answers: (Answer | ((ask: Ask) => Answer))[] = [];
  const texts = new Map<TaskKind, (string | ((ask: Ask) => string))[]>();
  const asked: Ask[] = [];
  const streams = { open: 0, started: 0, aborted: 0 };

  const model: Model = {
    models: demo.models,
    answer(ask) {
      keep(asked, ask);
      const next = answers.shift();
      return next === undefined ? demo.answer(ask) : typeof next === 'function' ? next(ask) : next;
    },
    task(kind, ask) {
      const next = texts.get(kind)?.shift();
      return next === undefined ? demo.task(kind, ask) : typeof next === 'function' ? next(ask) : next;
    },
  };

  const standIn = makeOpenWebUI({
    furnished: false,
    ...options,
    model,
    watch(happening: Happening) {
      if (happening.kind === 'stream-started') {
        streams.open += 1;
        streams.started += 1;
      } else if (happening.kind === 'stream-ended') {
        streams.open -= 1;
        if (happening.aborted) streams.aborted += 1;
      }
      faulty.look();
    },
  });

  const { handle, stop, ...rest } = standIn;
  const faulty = await startFaulty({
    name: 'scripted Open WebUI',
    types: { page: 'text/html', json: 'application/json' },
    ...{ listen, handle, stop, bytesOf },
  });
  return {
    ...rest,
    ...faulty,
    ...{ asked, streams },
    next: (answer) => void answers.push(answer),
    nextTask(kind, text) {
      texts.set(kind, [...(texts.get(kind) ?? []), text]);
    },
    chat: (id) => rest.world.chats.get(id),
    chats: () => rest.world.chats.all(),
  };
}
