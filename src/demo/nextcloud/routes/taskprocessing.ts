import { asObject, isObject } from '../../openwebui/json.ts';
import { isOver, type Task } from '../book.ts';
import { german, internal } from '../catalogue.ts';
import { numberPiece, type OcsCall, textArgument } from '../exchange.ts';
import { nameOf } from '../files.ts';
import type { Route } from '../ocs.ts';
import { since } from '../profile.ts';
import { Refusal, type Reply, requestId } from '../reply.ts';
import { holdsFiles, type TaskType } from '../shapes.ts';
import { checked } from '../validate.ts';
import { queueOf, type World } from '../world.ts';

/** The new API (30 and later). */
export function taskProcessingRoutes(world: World): readonly Route[] {
  const modern = since(world.profile, 33);
  const shown = (task: Task, fresh = false) => ({
    id: task.id,
    type: task.type,
    lastUpdated: task.lastUpdated,
    status: task.status,
    userId: task.userId,
    appId: task.appId,
    input: task.input,
    output: task.output,
    customId: task.customId,
    completionExpectedAt: task.completionExpectedAt,
    // Whoever schedules reads null, and 0 from then on.
    progress: fresh ? null : task.progress,
    scheduledAt: task.scheduledAt,
    startedAt: task.startedAt,
    endedAt: task.endedAt,
    allowCleanup: true,
    ...(modern && {
      includeWatermark: task.includeWatermark,
      userFacingErrorMessage: task.userFacingErrorMessage,
    }),
  });
  const find = (call: OcsCall): Task | null => {
    const task = world.book.get(numberPiece(call, 'id'));
    return task?.userId === call.userId ? task : null;
  };
  const list = (call: OcsCall, fits: (task: Task) => boolean): Reply => {
    const customId = call.query.get('customId');
    const mine = world.book.all().filter((task) => task.userId === call.userId && fits(task));
    const named = mine.filter((task) => customId === null || task.customId === customId);
    return call.speak.ok({ tasks: named.map((task) => shown(task)) });
  };

  return [
    {
      method: 'GET',
      path: '/taskprocessing/tasktypes',
      who: 'person',
      run: (call) => call.speak.ok({ types: described(world, call) }),
    },
    {
      method: 'POST',
      path: '/taskprocessing/schedule',
      who: 'person',
      limit: 'new',
      run: async (call) => call.speak.ok({ task: shown(await schedule(world, call), true) }),
    },
    {
      method: 'GET',
      path: '/taskprocessing/task/:id',
      who: 'person',
      run(call) {
        const task = find(call);
        return task === null ? call.speak.problem(404, 'Task not found') : call.speak.ok({ task: shown(task) });
      },
    },
    {
      method: 'DELETE',
      path: '/taskprocessing/task/:id',
      who: 'person',
      run(call) {
        const task = find(call);
        if (task !== null) world.book.remove(task);
        return call.speak.ok(null);
      },
    },
    {
      method: 'POST',
      path: '/taskprocessing/tasks/:id/cancel',
      who: 'person',
      run(call) {
        const task = find(call);
        if (task === null) return call.speak.problem(404, 'Not found');
        if (!isOver(task)) world.book.cancel(task);
        return call.speak.ok({ task: shown(task) });
      },
    },
    {
      method: 'GET',
      path: '/taskprocessing/tasks',
      who: 'person',
      run(call) {
        const type = call.query.get('taskType');
        return list(call, (task) => type === null || task.type === type);
      },
    },
    {
      method: 'GET',
      path: '/taskprocessing/tasks/app/:appId',
      who: 'person',
      run: (call) => list(call, (task) => task.appId === call.piece('appId')),
    },
    {
      method: 'GET',
      path: '/taskprocessing/tasks/:id/file/:file',
      who: 'person',
      open: true,
      run(call) {
        const task = find(call);
        const id = numberPiece(call, 'file');
        const file = task !== null && filesOf(world, task).includes(id) ? world.files.get(id) : null;
        if (file === null) return call.speak.problem(404, 'Not found');
        return {
          status: 200,
          type: file.type,
          body: file.bytes,
          headers: { 'x-request-id': requestId(), 'content-disposition': disposition(nameOf(file.path)) },
        };
      },
    },
    ...(since(world.profile, 34) ? [stats(world)] : []),
    ...exApps(world),
  ];
}

function stats(world: World): Route {
  return {
    method: 'GET',
    path: '/taskprocessing/queue_stats',
    who: 'admin',
    run(call) {
      const { scheduled, running } = queueOf(world, call.query.getAll('taskTypeIds[]'));
      return call.speak.ok({ scheduled_count: scheduled, running_count: running });
    },
  };
}

/** What only other programs may call. */
function exApps(world: World): readonly Route[] {
  const consumer: readonly Route[] = since(world.profile, 33)
    ? [
        {
          method: 'GET',
          path: '/taskprocessing/tasks_consumer/tasktypes',
          who: 'exapp',
          run: (call) => call.speak.ok([]),
        },
      ]
    : [];
  return [
    ...consumer,
    { method: 'GET', path: '/taskprocessing/tasks_provider/next', who: 'exapp', run: (call) => call.speak.ok([]) },
  ];
}

async function schedule(world: World, call: OcsCall): Promise<Task> {
  const sent = await call.arguments();
  const input = Array.isArray(sent.input) ? {} : sent.input;
  if (!isObject(input)) throw new Refusal(call.speak.badArgument());
  const id = textArgument(call, sent, 'type');
  const appId = textArgument(call, sent, 'appId');
  const customId = textArgument(call, sent, 'customId', '');
  const type = world.types().get(id);
  if (type === undefined) throw new Refusal(call.speak.problem(412, 'The given provider is not available'));
  const result = checked(type, input);
  if ('problem' in result) throw new Refusal(call.speak.problem(400, result.problem));
  const missing = fileIds(type, result.input).find((file) => world.files.get(file)?.owner !== call.userId);
  if (missing !== undefined) throw new Refusal(call.speak.problem(400, `Could not find file ${missing}`));
  const includeWatermark = sent.includeWatermark !== false;
  return world.book.add({ type: id, userId: call.userId, appId, input: result.input, customId, includeWatermark });
}

/** All task types on offer, in the words of the caller's language where the stand-in knows them. An empty map is PHP's `[]`. */
function described(world: World, call: OcsCall): unknown {
  const inGerman = /^de\b/i.test(call.request.headers['accept-language'] ?? '');
  const types = [...world.types()].map(([id, type]) => [
    id,
    {
      ...type,
      ...(inGerman && german[id]),
      ...(since(world.profile, 33) && { isInternal: id in internal }),
    },
  ]);
  return types.length === 0 ? [] : Object.fromEntries(types);
}

/** The files that an input names. */
function fileIds(type: TaskType, input: Record<string, unknown>): readonly number[] {
  const slots = Object.entries({ ...type.inputShape, ...type.optionalInputShape });
  return slots.filter(([, slot]) => holdsFiles(slot.type)).flatMap(([key]) => numbersIn(input[key]));
}

/** The files that may be fetched through a task. */
function filesOf(world: World, task: Task): readonly number[] {
  const type = world.types().get(task.type);
  if (type === undefined) return [];
  const output = asObject(task.output) ?? {};
  const made = Object.entries(type.outputShape).filter(([, slot]) => holdsFiles(slot.type));
  return [...fileIds(type, task.input), ...made.flatMap(([key]) => numbersIn(output[key]))];
}

function numbersIn(value: unknown): readonly number[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null).map(Number);
}

/** A file's name as a header can carry it. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return plain === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
