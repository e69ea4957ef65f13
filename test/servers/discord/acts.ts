import { Asked } from './asked.ts';
import { walk } from './componentRules.ts';
import { fillModal } from './forms.ts';
import { begin } from './interactions.ts';
import type { PersonFile } from './people.ts';
import { keepFile } from './people.ts';
import { may } from './permissions.ts';
import type { Channel, Command, Message, User } from './records.ts';
import type { Wire } from './wire.ts';
import { attachmentWire, channelWire, isWire, memberWire, messageWire, roleWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** What a person gives for an option: text, a number, a switch, a file, a user's, role's or channel's id. */
export type OptionValue = string | number | boolean | PersonFile;

/** Where and how a command is run. */
export interface Running {
  /** The person installed the app for themselves: no server membership is needed. */
  readonly userInstalled?: boolean;
}

/** Commands, buttons, selects, forms: what people do to the app itself. Each act is refused as Discord's client refuses it. */
export class Acts {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Runs a slash command; subcommands follow its name: `run(ann, channel, 'prompts create', {name: 'x'})`. */
  run(
    user: User,
    channel: Channel,
    line: string,
    options: Readonly<Record<string, OptionValue>> = {},
    how: Running = {},
  ): Asked {
    const { command, data } = this.#command(user, channel, line, options, null, how);
    return this.#begin({ type: 2, userId: user.id, channel, data, commandName: command.name, ...how });
  }

  /** Asks for the choices of one option while the person types `options[focused]`. */
  suggest(
    user: User,
    channel: Channel,
    line: string,
    options: Readonly<Record<string, OptionValue>>,
    focused: string,
    how: Running = {},
  ): Asked {
    const { command, data } = this.#command(user, channel, line, options, focused, how);
    return this.#begin({ type: 4, userId: user.id, channel, data, commandName: command.name, ...how });
  }

  /** Runs a message command from a message's context menu. */
  menu(user: User, message: Message, name: string, how: Running = {}): Asked {
    const channel = this.#place(message);
    const command = this.#find(name, 3, channel, how);
    const data = {
      id: command.id,
      name,
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: messageWire(this.#world, message) } },
    };
    return this.#begin({ type: 2, userId: user.id, channel, data, commandName: name, ...how });
  }

  /** Presses a button, found by its custom id or its label. Throws when it is not there or disabled. */
  click(user: User, message: Message, button: string): Asked {
    const node = this.#control(
      message,
      (one) => one.type === 2 && (one.custom_id === button || one.label === button),
      button,
    );
    return this.#begin({
      type: 3,
      userId: user.id,
      channel: this.#place(message),
      message,
      data: { custom_id: node.custom_id, component_type: 2, id: node.id },
    });
  }

  /** Chooses in a select, found by its custom id. */
  choose(user: User, message: Message, customId: string, values: readonly string[]): Asked {
    const node = this.#control(message, (one) => one.custom_id === customId && one.type !== 2, customId);
    const offered = Array.isArray(node.options) ? node.options.filter(isWire).map((one) => one.value) : null;
    if (offered !== null && values.some((value) => !offered.includes(value))) throw new Error('no such choice');
    return this.#begin({
      type: 3,
      userId: user.id,
      channel: this.#place(message),
      message,
      data: { custom_id: customId, component_type: node.type, id: node.id, values },
    });
  }

  /** Fills in and sends the modal that `asked` opened; values by custom id. Throws what the client would not let pass. */
  async submit(
    asked: Asked,
    values: Readonly<Record<string, string | boolean | readonly string[] | readonly PersonFile[]>>,
  ): Promise<Asked> {
    const modal = await asked.modal();
    const { interaction } = asked;
    const channel = this.#world.channels.get(interaction.channelId);
    if (channel === undefined) throw new Error('the channel is gone');
    const message = interaction.messageId === null ? null : (this.#world.messages.get(interaction.messageId) ?? null);
    const data = fillModal(this.#world, channel.id, modal, values);
    return this.#begin({
      type: 5,
      userId: interaction.userId,
      channel,
      message,
      data,
      userInstalled: interaction.userInstalled,
    });
  }

  #begin(act: Parameters<typeof begin>[1]): Asked {
    return new Asked(this.#world, begin(this.#world, act));
  }

  #place(message: Message): Channel {
    const channel = this.#world.channels.get(message.channelId);
    if (channel === undefined || message.deletedAt !== null) throw new Error('the message is gone');
    return channel;
  }

  #control(message: Message, fits: (node: Wire) => boolean, name: string): Wire {
    const found = walk(message.components, [])
      .map((one) => one.node)
      .find(fits);
    if (found === undefined) throw new Error(`there is no ${name} on that message`);
    if (found.disabled === true) throw new Error(`${name} is disabled`);
    return found;
  }

  #find(name: string, type: number, channel: Channel, how: Running): Command {
    const world = this.#world;
    const found = world.app.commands.find(
      (one) => one.name === name && one.type === type && (one.guildId === null || one.guildId === channel.guildId),
    );
    if (found === undefined) throw new Error(`no command ${name} is registered`);
    const member = channel.guildId === null || world.guilds.get(channel.guildId)?.members.has(world.app.user.id);
    const installs = Array.isArray(found.body.integration_types) ? found.body.integration_types : [0];
    if ((how.userInstalled === true || member !== true) && !installs.includes(1)) {
      throw new Error(`${name} cannot be installed for a person`);
    }
    const context = channel.guildId !== null ? 0 : channel.recipients.includes(world.app.user.id) ? 1 : 2;
    if (Array.isArray(found.body.contexts) && !found.body.contexts.includes(context)) {
      throw new Error(`${name} is not offered there`);
    }
    return found;
  }

  #command(
    user: User,
    channel: Channel,
    line: string,
    options: Readonly<Record<string, OptionValue>>,
    focused: string | null,
    how: Running,
  ) {
    const world = this.#world;
    const [name = '', ...subs] = line.replace(/^\//, '').split(' ');
    const command = this.#find(name, 1, channel, how);
    if (
      channel.guildId !== null &&
      how.userInstalled !== true &&
      !may(world, channel, user.id, 'UseApplicationCommands')
    ) {
      throw new Error(`${user.username} may not use commands there`);
    }
    const resolved: Record<string, Record<string, Wire>> = {};
    let level = optionsOf(command.body);
    const nest: Array<{ type: number; name: string }> = [];
    for (const sub of subs) {
      const found = level.find((one) => one.name === sub && (one.type === 1 || one.type === 2));
      if (found === undefined) throw new Error(`${line}: there is no ${sub}`);
      nest.push({ type: Number(found.type), name: sub });
      level = optionsOf(found);
    }
    if (level.some((one) => one.type === 1 || one.type === 2)) throw new Error(`${line} needs a subcommand`);
    for (const given of Object.keys(options)) {
      if (!level.some((one) => one.name === given)) throw new Error(`${line} has no option ${given}`);
    }
    let built: Wire[] = level.flatMap((option) => {
      const value = options[String(option.name)];
      if (value === undefined) {
        if (option.required === true && focused === null) throw new Error(`${line} needs ${String(option.name)}`);
        return [];
      }
      return [this.#option(option, value, channel, resolved, focused)];
    });
    for (const step of nest.reverse()) built = [{ ...step, options: built }];
    const data: Wire = {
      id: command.id,
      name,
      type: 1,
      ...(command.guildId === null ? {} : { guild_id: command.guildId }),
      ...(built.length > 0 ? { options: built } : {}),
      ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
    };
    return { command, data };
  }

  #option(
    option: Wire,
    value: OptionValue,
    channel: Channel,
    resolved: Record<string, Record<string, Wire>>,
    focused: string | null,
  ): Wire {
    const world = this.#world;
    const base = { name: option.name, type: option.type };
    if (focused === option.name) {
      if (option.autocomplete !== true) throw new Error(`${String(option.name)} has no autocomplete`);
      return { ...base, value, focused: true };
    }
    const keep = (kind: string, id: string, wire: Wire) => {
      resolved[kind] = { ...resolved[kind], [id]: wire };
      return { ...base, value: id };
    };
    if (typeof value === 'object') {
      if (option.type !== 11) throw new Error(`${String(option.name)} takes no file`);
      const file = keepFile(world, channel.id, value);
      return keep('attachments', file.id, attachmentWire(world, file));
    }
    checkValue(option, value);
    const id = String(value);
    if (option.type === 6) {
      const member = world.guilds.get(channel.guildId ?? '')?.members.get(id);
      if (member !== undefined) keep('members', id, { ...memberWire(member), permissions: '0' });
      return keep('users', id, userWire(world.user(id)));
    }
    if (option.type === 7) {
      const target = world.channels.get(id);
      if (target === undefined) throw new Error('no such channel');
      return keep('channels', id, { ...channelWire(world, target), permissions: '0' });
    }
    if (option.type === 8) {
      const role = world.guilds.get(channel.guildId ?? '')?.roles.get(id);
      if (role === undefined) throw new Error('no such role');
      return keep('roles', id, roleWire(role));
    }
    return { ...base, value };
  }
}

function optionsOf(node: Wire): Wire[] {
  return Array.isArray(node.options) ? node.options.filter(isWire) : [];
}

/** What the client checks before it sends: type, choices, length (6000 at most). */
function checkValue(option: Wire, value: string | number | boolean): void {
  const name = String(option.name);
  const kinds: Record<number, string> = { 3: 'string', 4: 'number', 5: 'boolean', 10: 'number' };
  const kind = kinds[Number(option.type)];
  if (kind !== undefined && typeof value !== kind) throw new Error(`${name} takes a ${kind}`);
  if (option.type === 4 && !Number.isInteger(value)) throw new Error(`${name} takes a whole number`);
  if (typeof value === 'string') {
    const max = typeof option.max_length === 'number' ? option.max_length : 6000;
    if (value.length > max) throw new Error(`${name} takes at most ${max} characters`);
  }
  if (typeof value === 'number') {
    if (typeof option.min_value === 'number' && value < option.min_value) throw new Error(`${name} is too small`);
    if (typeof option.max_value === 'number' && value > option.max_value) throw new Error(`${name} is too large`);
  }
  const choices = Array.isArray(option.choices) ? option.choices.filter(isWire) : [];
  if (choices.length > 0 && !choices.some((one) => one.value === value))
    throw new Error(`${name} has no choice ${String(value)}`);
}
