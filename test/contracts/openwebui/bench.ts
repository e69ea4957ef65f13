import { problemOf } from '../../../src/chat/errors.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../../src/openwebui/connection.ts';

const PROFILES = ['0.8', '0.9', '0.10', '0.11', '0.12'] as const;

/** A server to run the contract on, with the scripted models of `test/servers/provider/models.ts` behind it. */
export interface Bench {
  readonly url: string;
  readonly adminKey: string;
  /** Belongs to an ordinary user. */
  readonly userKey: string;
  /** Belongs to another ordinary user. */
  readonly otherKey: string;
  /** The ids of the models that the user may ask. */
  readonly models: readonly string[];
  /** `major.minor` of what the server is or imitates. */
  readonly profile: (typeof PROFILES)[number];
  /** Whether it is a real server: its models may refuse a task, and be silent for long; the stand-in's never do, nor does anybody wait for it. */
  readonly real: boolean;
  close(): Promise<void>;
}

/** A bench in use: the same server through each key. */
export interface Desk {
  readonly bench: Bench;
  readonly user: OpenWebUI;
  readonly other: OpenWebUI;
  readonly admin: OpenWebUI;
  readonly nobody: OpenWebUI;
}

/** Sits down at a bench; {@link leave} closes both. */
export function sit(bench: Bench): Desk {
  const user = connect({ url: bench.url, key: new Secret(bench.userKey) });
  return {
    bench,
    user,
    other: withKey(user, new Secret(bench.otherKey)),
    admin: withKey(user, new Secret(bench.adminKey)),
    nobody: { ...user, key: null },
  };
}

/** Closes the desk's sockets and its bench. */
export async function leave(desk: Desk | undefined): Promise<void> {
  if (desk === undefined) return;
  await disconnect(desk.user);
  await desk.bench.close();
}

/** The profile of a version; of one that is not known yet, the newest. */
export function profileOf(version: string): Bench['profile'] {
  return PROFILES.find((profile) => version.startsWith(`${profile}.`)) ?? '0.12';
}

/** Whether the server is at least that profile. */
export function since(desk: Desk, profile: Bench['profile']): boolean {
  return PROFILES.indexOf(desk.bench.profile) >= PROFILES.indexOf(profile);
}

/** The kind of failure of a call; `none` when it succeeds. */
export async function kindOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'none',
    (error: unknown) => problemOf(error).kind,
  );
}
