import type { Finding } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';

/** What Parley opens on its own machine when it starts, tried and closed again. Each rejects with a `Failure` that says how to mend it. */
export interface Machine {
  listen(): Promise<void>;
  cache(): Promise<void>;
}

/** Whether Parley could listen and have its cache. Never throws. */
export async function* examineMachine({ listen, cache }: Machine): AsyncGenerator<Finding> {
  const [cannotListen, noCache] = await Promise.all([
    listen().then(wellDone, problemOf),
    cache().then(wellDone, problemOf),
  ]);
  if (noCache) yield { what: 'cache', state: 'fail', fact: noCache.say, mend: null };
  // One does not look only while Parley is down: its own port is taken then, by itself.
  if (cannotListen?.kind === 'busy')
    yield {
      what: 'listener',
      state: 'warn',
      fact: cannotListen.say,
      mend: 'All is well if that is Parley itself',
    };
  else if (cannotListen) yield { what: 'listener', state: 'fail', fact: cannotListen.say, mend: null };
}

const wellDone = () => null;
