import type { Clock } from '../../chat/clock.ts';
import { randomText } from './reply.ts';

/** Somebody with an account. */
export interface Person {
  readonly id: string;
  /** What is typed to log in; need not be the id. */
  readonly loginName: string;
  readonly displayName: string;
  readonly admin: boolean;
  /** Switched off by the admin: every credential is refused. */
  disabled: boolean;
  /** The password of the account, not of an app. */
  readonly secret: string;
  /** An app password made at the start. */
  readonly password: string;
  /** Every app password that is good now. */
  readonly appPasswords: Set<string>;
  readonly lastLogin: number;
}

/** What may be said of a new account. */
export interface NewPerson {
  readonly id: string;
  /** Default: the id. */
  readonly loginName?: string;
  /** Default: the id with a capital letter. */
  readonly displayName?: string;
  /** An app password. Default: made up. */
  readonly password?: string;
  readonly admin?: boolean;
  readonly disabled?: boolean;
}

/** What the sent credential is worth. */
export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'person'; readonly person: Person; readonly secret: string; readonly app: boolean };

/** Wrong logins of one address in {@link bruteWindow} after which it is locked out (our reference, nextcloud 5). */
const bruteLimit = 11;
/** Milliseconds in which wrong logins are counted. */
const bruteWindow = 30 * 60_000;
const mostAddresses = 1000;
const mostPasswords = 200;

/** The accounts, and the watch over wrong passwords. */
export class People {
  readonly #clock: Clock;
  readonly #all = new Map<string, Person>();
  readonly #wrong = new Map<string, number[]>();

  constructor(clock: Clock, people: readonly NewPerson[]) {
    this.#clock = clock;
    for (const person of people) this.add(person);
  }

  /** Adds an account, or replaces the one with this id. */
  add(one: NewPerson): Person {
    const password = one.password ?? randomText(72);
    const person: Person = {
      id: one.id,
      loginName: one.loginName ?? one.id,
      displayName: one.displayName ?? one.id.charAt(0).toUpperCase() + one.id.slice(1),
      admin: one.admin ?? false,
      disabled: one.disabled ?? false,
      secret: randomText(24),
      password,
      appPasswords: new Set([password]),
      lastLogin: this.#clock.now(),
    };
    this.#all.set(person.id, person);
    return person;
  }

  get(id: string): Person | null {
    return this.#all.get(id) ?? null;
  }

  all(): readonly Person[] {
    return [...this.#all.values()];
  }

  /** A fresh app password. The oldest one goes when somebody has too many. */
  newPassword(person: Person): string {
    const password = randomText(72);
    person.appPasswords.add(password);
    const [oldest] = person.appPasswords;
    if (person.appPasswords.size > mostPasswords && oldest !== undefined) person.appPasswords.delete(oldest);
    return password;
  }

  /** Judges an `Authorization` header, and counts a wrong one against the address. */
  login(header: string | undefined, address: string): Login {
    const sent = credential(header);
    if (sent === null) return { kind: 'none' };
    if (this.#wrongOf(address).length >= bruteLimit) return { kind: 'locked' };
    for (const person of this.#all.values()) {
      if (sent.login !== null && sent.login !== person.loginName && sent.login !== person.id) continue;
      const app = person.appPasswords.has(sent.secret);
      const account = sent.login !== null && sent.secret === person.secret;
      if ((app || account) && !person.disabled) return { kind: 'person', person, secret: sent.secret, app };
    }
    this.#count(address);
    return { kind: 'wrong' };
  }

  /** Forgets all wrong logins, as `occ security:bruteforce:reset` does. */
  forgive(): void {
    this.#wrong.clear();
  }

  #wrongOf(address: string): readonly number[] {
    const since = this.#clock.now() - bruteWindow;
    return (this.#wrong.get(address) ?? []).filter((at) => at > since);
  }

  #count(address: string): void {
    const wrong = [...this.#wrongOf(address), this.#clock.now()];
    this.#wrong.delete(address);
    this.#wrong.set(address, wrong);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > mostAddresses && oldest !== undefined) this.#wrong.delete(oldest);
  }
}

function credential(header: string | undefined): { login: string | null; secret: string } | null {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  if (scheme.toLowerCase() === 'bearer' && value !== '') return { login: null, secret: value };
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const at = pair.indexOf(':');
  return at < 0 ? null : { login: pair.slice(0, at), secret: pair.slice(at + 1) };
}
