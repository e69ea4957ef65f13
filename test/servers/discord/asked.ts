import type { Interaction, Message } from './records.ts';
import { isLoading } from './restInteractions.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

/** What a person sees after a command, a click or a form. Every wait rejects after 5 s of real time unless told otherwise. */
export class Asked {
  readonly interaction: Interaction;
  readonly #world: World;

  constructor(world: World, interaction: Interaction) {
    this.#world = world;
    this.interaction = interaction;
  }

  /** The type of the callback that answered: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal. */
  acknowledged(timeoutMs?: number): Promise<number> {
    return this.#world.until('an acknowledgement', () => this.interaction.ackType, timeoutMs);
  }

  /** The modal that opened. */
  modal(timeoutMs?: number): Promise<Wire> {
    return this.#world.until('a modal', () => this.interaction.modal, timeoutMs);
  }

  /** The choices under an option. */
  choices(timeoutMs?: number): Promise<readonly Wire[]> {
    return this.#world.until('choices', () => this.interaction.choices, timeoutMs);
  }

  /** The answer itself once it says something: the message of the callback, or what the deferred one became. */
  reply(predicate: (message: Message) => boolean = () => true, timeoutMs?: number): Promise<Message> {
    const look = () => {
      const message = this.#world.messages.get(this.interaction.originalId ?? '');
      const shown = message !== undefined && message.deletedAt === null && !isLoading(message);
      return shown && predicate(message) ? message : null;
    };
    return this.#world.until('an answer', look, timeoutMs);
  }

  /** A message of this interaction that only the person sees and that fits. */
  ephemeral(predicate: (message: Message) => boolean = () => true, timeoutMs?: number): Promise<Message> {
    const look = () => this.messages().find((one) => one.ephemeralFor !== null && !isLoading(one) && predicate(one));
    return this.#world.until('an ephemeral message', look, timeoutMs);
  }

  /** Every message the interaction has made and not deleted, oldest first. */
  messages(): Message[] {
    return this.interaction.made.filter((one) => one.deletedAt === null);
  }

  /** True when the person reads "The application did not respond": three seconds of the server's clock without an answer. */
  get failed(): boolean {
    return this.interaction.ackType === null && this.#world.clock.now() - this.interaction.createdAt > 3000;
  }
}
