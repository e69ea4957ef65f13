import type { Status } from '../book.ts';
import { oldTypes } from '../catalogue.ts';
import { numberPiece, type OcsCall, textArgument } from '../exchange.ts';
import { guestsWelcome, type Route } from '../ocs.ts';
import type { OldTask } from '../oldbook.ts';
import { since } from '../profile.ts';
import type { Reply } from '../reply.ts';
import type { World } from '../world.ts';

/** Bytes of one input, on releases that look (our reference, nextcloud 3). */
const longestInput = 64_000;

const numbers: Record<Status, number> = {
  STATUS_SCHEDULED: 1,
  STATUS_RUNNING: 2,
  STATUS_SUCCESSFUL: 3,
  STATUS_FAILED: 4,
  STATUS_CANCELLED: 4,
};

/** The old API: four kinds of text tasks. From 30 on the new one does its work. */
export function textProcessingRoutes(world: World): readonly Route[] {
  const who = guestsWelcome(world) ? 'anyone' : 'person';
  const shown = (old: OldTask) => ({
    id: old.id,
    type: old.type.id,
    status: numbers[old.task.status],
    userId: old.task.userId,
    appId: old.task.appId,
    input: old.input,
    output: typeof old.task.output?.output === 'string' ? old.task.output.output : null,
    identifier: old.identifier,
    ...(since(world.profile, 28) && { completionExpectedAt: old.expected ? old.task.completionExpectedAt : null }),
  });
  const owned = (call: OcsCall, then: (old: OldTask) => Reply): Reply => {
    const old = world.oldBook.get(numberPiece(call, 'id'));
    if (old === null || old.task.userId !== (call.person?.id ?? null)) return call.speak.problem(404, 'Task not found');
    return then(old);
  };

  return [
    {
      method: 'GET',
      path: '/textprocessing/tasktypes',
      who: 'anyone',
      run: (call) =>
        call.speak.ok({
          types: oldTypes
            .filter((type) => world.types().has(type.runs))
            .map(({ id, name, description }) => ({ id, name, description })),
        }),
    },
    {
      method: 'POST',
      path: '/textprocessing/schedule',
      who,
      limit: 'old',
      async run(call) {
        const sent = await call.arguments();
        const input = textArgument(call, sent, 'input');
        const wanted = textArgument(call, sent, 'type');
        const appId = textArgument(call, sent, 'appId');
        const identifier = textArgument(call, sent, 'identifier', '');
        const type = oldTypes.find((one) => one.id === wanted);
        const runs = type === undefined ? undefined : world.types().get(type.runs);
        if (type === undefined || runs === undefined) {
          return call.speak.problem(412, 'Necessary language model provider is not available');
        }
        if (since(world.profile, 32) && Buffer.byteLength(input) > longestInput) {
          return call.speak.problem(400, 'Input text is too long');
        }
        const task = world.book.add({
          type: type.runs,
          userId: call.person?.id ?? null,
          appId,
          input: { ...runs.optionalInputShapeDefaults, input },
          customId: identifier,
          includeWatermark: true,
        });
        // Only these releases run the provider themselves, and only 28 and 29 do it at once.
        const expected = world.settings.quick && world.profile === '28';
        const old = world.oldBook.add({ type, input, identifier, task, expected });
        if (expected) world.worker.run(task);
        return call.speak.ok({ task: shown(old) });
      },
    },
    {
      method: 'GET',
      path: '/textprocessing/task/:id',
      who,
      run: (call) => owned(call, (old) => call.speak.ok({ task: shown(old) })),
    },
    {
      method: 'DELETE',
      path: '/textprocessing/task/:id',
      who: 'person',
      run: (call) =>
        owned(call, (old) => {
          const reply = call.speak.ok({ task: shown(old) });
          world.oldBook.remove(old.id);
          // Where the new API is not, nothing else knows of the work.
          if (guestsWelcome(world)) world.book.remove(old.task);
          return reply;
        }),
    },
    {
      method: 'GET',
      path: '/textprocessing/tasks/app/:appId',
      who: 'person',
      run(call) {
        const identifier = call.query.get('identifier');
        const mine = world.oldBook
          .all()
          .filter((old) => old.task.userId === call.userId && old.task.appId === call.piece('appId'))
          .filter((old) => identifier === null || old.identifier === identifier);
        return call.speak.ok({ tasks: mine.map(shown) });
      },
    },
  ];
}
