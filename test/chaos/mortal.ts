/**
 * A process that dies at its n-th step, or at the first that is meant: the step is done or not, and from then on nothing of it
 * moves any more. Steps are the calls of the store and of the platform.
 */
export function mortal(dieAt: number | ((name: string, given: readonly unknown[]) => boolean), done: boolean) {
  let steps = 0;
  let dead = false;
  let last = '';
  const death = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);

  async function step<T>(name: string, work: () => Promise<T>, given: readonly unknown[] = []): Promise<T> {
    if (dead) return never;
    steps += 1;
    last = name;
    if (typeof dieAt === 'number' ? steps !== dieAt : !dieAt(name, given)) return work();
    dead = true;
    if (done) await work();
    death.resolve();
    return never;
  }

  /** Every method of the object becomes a step; objects in it are wrapped too. */
  function wrap<T extends object>(target: T, inside: readonly PropertyKey[] = []): T {
    return new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (inside.includes(name) && typeof value === 'object' && value !== null) return wrap(value);
        if (typeof value !== 'function' || NO_STEPS.has(name)) return value;
        return (...given: unknown[]) =>
          step(
            String(name),
            async () => {
              const result: unknown = await Reflect.apply(value, object, given);
              return isSurface(result) ? wrap(result) : result;
            },
            given,
          );
      },
    });
  }
  return { wrap, step, death: death.promise, steps: () => steps, last: () => last };
}

/** `list`: the links are read while a process starts; one that dies then has done nothing yet. */
const NO_STEPS = new Set<PropertyKey>([
  'list',
  'render',
  'openScopes',
  'scopes',
  'name',
  'limits',
  'start',
  'stop',
  'then',
]);
/** The tables of a store: objects in it that hold methods. */
export const TABLES = ['jobs', 'conversations', 'settings', 'outbox', 'forms', 'links'];

function isSurface(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'put' in value;
}
