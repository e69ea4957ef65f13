import type { NextcloudAccounts, NextcloudIdentity } from '../accounts/nextcloud-accounts.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { NextcloudDesk, TaskLine } from '../commands/nextcloud-desk.ts';
import { apiOf } from '../nextcloud/api.ts';
import { reasonOf } from '../nextcloud/errors.ts';
import { capabilities } from '../nextcloud/server.ts';
import { isOver, type Task, type TaskRef } from '../nextcloud/task.ts';
import { cancel as cancelTask, remove as removeTask, task as taskNow } from '../nextcloud/tasks.ts';
import { statusOf } from '../tasks/status.ts';
import type { OwnTask, Tasks } from '../tasks/tasks.ts';
import type { WarmTypes } from './warm-types.ts';

/** See {@link NextcloudDesk}. Numbers that are nobody's, or somebody else's, are not told apart. */
export function createNextcloudDesk(rooms: {
  accounts: NextcloudAccounts;
  tasks: Tasks;
  types: WarmTypes;
  clock: Clock;
  fileBytes: number;
  /** Said of a server that is only a stand-in; null for a real one. */
  notice: string | null;
}): NextcloudDesk {
  const { accounts, tasks, types, clock } = rooms;

  /** Does something with the person's account; a refused credential is noted. */
  async function asking<T>(person: Person, act: (identity: NextcloudIdentity) => Promise<T>): Promise<T> {
    return as(await accounts.asking(person), act);
  }

  async function as<T>(identity: NextcloudIdentity, act: (identity: NextcloudIdentity) => Promise<T>): Promise<T> {
    try {
      return await act(identity);
    } catch (error) {
      throw new Failure(await accounts.judge(identity, error), { cause: error });
    }
  }

  /** The task of the person with this number, as Parley knows it. */
  async function own(person: Person, number: number): Promise<OwnTask | null> {
    return (await tasks.of(person)).find(({ state }) => state?.seen?.id === number) ?? null;
  }

  /** A task of the person's own account that was not asked for in chat; on the team's account nobody's but their own is shown. */
  async function stranger(person: Person, number: number): Promise<{ identity: NextcloudIdentity; task: Task } | null> {
    const identity = await accounts.asking(person);
    if (identity.owner === null) return null;
    const task = await as(identity, async ({ nc }) => orNull(taskNow(nc, { api: await apiOf(nc), id: number })));
    return task && { identity, task };
  }

  function lineOf({ request, state }: OwnTask): TaskLine {
    const over = state?.phase === 'over';
    return { number: state?.seen?.id ?? null, name: request.order.name, where: where(state), at: request.at, over };
  }

  function where(state: OwnTask['state']): string {
    if (!state) return 'about to begin';
    if (state.phase !== 'over') return statusOf(state, clock.now()) ?? 'under way';
    if (state.result) return 'done';
    return state.problem ? `failed: ${state.problem.say}` : 'cancelled';
  }

  function strangerLine(task: Task): TaskLine {
    const progress = task.status === 'running' && task.progress ? ` ${Math.floor(task.progress * 100)} %` : '';
    const reason = task.reason === null ? '' : `: ${task.reason}`;
    return {
      number: task.id,
      name: task.type,
      where: `${task.status}${progress}${reason}`,
      at: task.scheduledAt,
      over: isOver(task),
    };
  }

  return {
    fileBytes: rooms.fileBytes,
    linkingOff: accounts.linkingOff,
    types: (person) => asking(person, ({ nc }) => types(nc).ready()),
    freshTypes: (person) => asking(person, ({ nc }) => types(nc).fresh()),
    account: async (person) => (await accounts.asking(person)).owner,
    tasks: async (person) => (await tasks.of(person)).map(lineOf),
    async task(person, number) {
      if (number === null) {
        const [newest] = await tasks.of(person);
        return newest ? lineOf(newest) : null;
      }
      const known = await own(person, number);
      if (known) return lineOf(known);
      const found = await stranger(person, number);
      return found && strangerLine(found.task);
    },
    async cancel(person, number) {
      const mine = await tasks.of(person);
      const found =
        number === null
          ? mine.find(({ job }) => job.state === 'waiting' || job.state === 'running')
          : mine.find(({ state }) => state?.seen?.id === number);
      if (found) return tasks.cancel(person, found.job.id);
      if (number === null) return { done: false, why: 'None of your tasks is under way.' };
      const strange = await stranger(person, number);
      if (!strange) return { done: false, why: unknown(number) };
      const { task } = strange;
      if (isOver(task)) return { done: false, why: 'That task is already over.' };
      await as(strange.identity, ({ nc }) => cancelTask(nc, task));
      return { done: true };
    },
    async remove(person, number) {
      const found = await own(person, number);
      const strange = found ? null : await stranger(person, number);
      if (!found && !strange) return { done: false, why: unknown(number) };
      if (found && (found.job.state === 'waiting' || found.job.state === 'running'))
        return { done: false, why: 'That task is still under way. Cancel it first.' };
      const identity = strange?.identity ?? (await accounts.owning(found?.request.account ?? null));
      const ref: TaskRef | null = found?.state?.seen ?? strange?.task ?? null;
      if (!identity || !ref)
        return { done: false, why: 'The account that this task ran under is not connected any more.' };
      await as(identity, async ({ nc }) => {
        const there = strange?.task ?? (await orNull(taskNow(nc, ref)));
        // A server that was moved, or set up anew, may know another task by this number.
        if (there && (!found || there.key === found.job.id)) await removeTask(nc, ref);
      });
      if (found) await tasks.forget(person, found.job.id);
      return { done: true };
    },
    async connect(key, person, place) {
      const requester = `Parley for ${person.name} (${platformName(person.ref.platform)})`;
      const flow = await accounts.begin(person, requester);
      await tasks.connect(key, flow, { person, place, requester });
      return flow.link;
    },
    connected: (person) => accounts.linked(userKey(person.ref)),
    async confirm(person, flow) {
      return (await accounts.confirm(userKey(person.ref), flow)) !== null;
    },
    disconnect: (person, flow) => accounts.unlink(userKey(person.ref), flow),
    async facts(person) {
      try {
        return await asking(person, async (identity) => {
          const { version } = await capabilities(identity.nc);
          const whose = identity.name === null ? 'through the team’s account' : `as ${identity.name}`;
          return [rooms.notice ?? `Nextcloud ${version.text} answers ${whose}.`];
        });
      } catch (error) {
        return [problemOf(error).say];
      }
    },
    notice: rooms.notice,
  };

  function unknown(number: number): string {
    return `You have no task ${number}. \`/nextcloud list\` shows yours.`;
  }
}

/** Null for what is not there, or is another's. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (reasonOf(error) === 'missing') return null;
    throw error;
  }
}

function platformName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
