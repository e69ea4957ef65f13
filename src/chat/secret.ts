/**
 * A value that must never be printed: a key, a password, the token of an interaction, a response address.
 * Whatever prints it (a log line, JSON, a template string, the inspector) shows `[secret]`; only `reveal()` gives the text,
 * and the one place that calls it is the line that sends it to its owner.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it where it is sent, never where it is kept or shown. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
