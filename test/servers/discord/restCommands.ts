import { ApplicationCommandUpdateRequestSchema } from 'discord-api-spec/zod';
import * as z from 'zod';
import { commandFaults } from './commandRules.ts';
import { invalidForm, refuse } from './errors.ts';
import type { Command } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import { faultsOf } from './spec.ts';
import type { Wire } from './wire.ts';

const list = z.array(z.record(z.string(), z.unknown()));
const most: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };
const createsPerDay = 200;
const day = 86_400_000;

function scopeOf(call: Call): string | null {
  if (param(call, 'app') !== call.world.app.id) throw refuse('missingAccess');
  const guild = call.params.guild ?? null;
  if (guild === null) return null;
  if (!call.world.guilds.get(guild)?.members.has(call.world.app.user.id)) throw refuse('missingAccess');
  return guild;
}

function put(): (call: Call) => Reply {
  const created = new Map<string, { day: number; count: number }>();
  return (call) => {
    const { world } = call;
    const guildId = scopeOf(call);
    const parsed = list.safeParse(call.body);
    if (!parsed.success) throw invalidForm(faultsOf(parsed.error.issues));
    const faults = parsed.data.flatMap((body, at) => {
      const checked = ApplicationCommandUpdateRequestSchema.safeParse(body);
      return checked.success ? [] : faultsOf(checked.error.issues, [at]);
    });
    faults.push(...commandFaults(parsed.data));
    if (faults.length > 0) throw invalidForm(faults);
    const typeOf = (body: Wire) => (typeof body.type === 'number' ? body.type : 1);
    for (const [type, max] of Object.entries(most)) {
      if (parsed.data.filter((body) => typeOf(body) === Number(type)).length > max) throw refuse('tooManyCommands');
    }
    const old = world.app.commands.filter((one) => one.guildId === guildId);
    const known = (body: Wire) => old.find((one) => one.name === body.name && one.type === typeOf(body));
    const today = Math.floor(world.clock.now() / day);
    const counter = created.get(guildId ?? '');
    const count =
      (counter?.day === today ? counter.count : 0) + parsed.data.filter((body) => known(body) === undefined).length;
    if (count > createsPerDay) throw refuse('tooManyCommandCreates');
    created.set(guildId ?? '', { day: today, count });
    const fresh = parsed.data.map(
      (body): Command => ({
        id: known(body)?.id ?? world.id(),
        guildId,
        name: String(body.name),
        type: typeOf(body),
        body,
      }),
    );
    world.app.commands = [...world.app.commands.filter((one) => one.guildId !== guildId), ...fresh];
    return { status: 200, body: fresh.map((one) => commandWire(call, one)) };
  };
}

function get(call: Call): Reply {
  const guildId = scopeOf(call);
  const mine = call.world.app.commands.filter((one) => one.guildId === guildId);
  return { status: 200, body: mine.map((one) => commandWire(call, one)) };
}

function commandWire(call: Call, command: Command): Wire {
  return {
    default_member_permissions: null,
    nsfw: false,
    dm_permission: true,
    integration_types: [0],
    contexts: null,
    description: '',
    ...command.body,
    id: command.id,
    application_id: call.world.app.id,
    version: command.id,
    type: command.type,
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
  };
}

/** Registering commands, for everyone or for one server. */
export function commandRoutes(): readonly Route[] {
  const run = put();
  const all = '/applications/:app/commands';
  const one = '/applications/:app/guilds/:guild/commands';
  return [
    { method: 'PUT', path: all, bucket: 'other', run },
    { method: 'GET', path: all, bucket: 'other', run: get },
    { method: 'PUT', path: one, bucket: 'other', major: 'guild', run },
    { method: 'GET', path: one, bucket: 'other', major: 'guild', run: get },
  ];
}
