/** The people of a fresh server, made over its own API: an admin, a member of a group that may write prompts, and a plain user. */
import * as z from 'zod';

/** Somebody who can sign in, and their API key. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly key: string;
}

/** `user` may create and share prompts (through the group "Authors"); `user2` has what every new user has. */
export interface People {
  readonly admin: Person;
  readonly user: Person;
  readonly user2: Person;
}

const session = z.looseObject({ id: z.string(), token: z.string() });

/** Signs up the first user, who becomes the admin, and makes the others. Throws when the server refuses a step. */
export async function makePeople(url: string): Promise<People> {
  const admin = { name: 'Admin', email: 'admin@example.com', password: 'parley-admin-1' };
  const boss = session.parse(await post(`${url}/api/v1/auths/signup`, null, admin));
  const people = await Promise.all(
    ['Ann', 'Ben'].map(async (name) => {
      const lower = name.toLowerCase();
      const person = { name, email: `${lower}@example.com`, password: `parley-${lower}-1` };
      const added = session.parse(await post(`${url}/api/v1/auths/add`, boss.token, { ...person, role: 'user' }));
      return { ...person, ...added, key: '' };
    }),
  );
  const [ann, ben] = people;
  if (ann === undefined || ben === undefined) throw new Error('no people');
  await makeAuthors(url, boss.token, ann.id);
  return {
    admin: { email: admin.email, password: admin.password, key: await makeKey(url, boss.token) },
    user: { email: ann.email, password: ann.password, key: await makeKey(url, ann.token) },
    user2: { email: ben.email, password: ben.password, key: await makeKey(url, ben.token) },
  };
}

async function makeAuthors(url: string, token: string, member: string): Promise<void> {
  const permissions = { workspace: { prompts: true }, sharing: { prompts: true, public_prompts: true } };
  const group = z.looseObject({ id: z.string() }).parse(
    await post(`${url}/api/v1/groups/create`, token, {
      name: 'Authors',
      description: 'May write prompts',
      permissions,
    }),
  );
  await post(`${url}/api/v1/groups/id/${group.id}/users/add`, token, { user_ids: [member] });
}

async function makeKey(url: string, token: string): Promise<string> {
  return z.looseObject({ api_key: z.string() }).parse(await post(`${url}/api/v1/auths/api_key`, token, {})).api_key;
}

async function post(url: string, token: string | null, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

const listing = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** The models that this key can use, as the server lists them. Reading them also fills the server's own table of models. */
export async function listModels(url: string, key: string): Promise<string[]> {
  const response = await fetch(`${url}/api/models`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(30_000),
  });
  return listing.parse(await response.json()).data.map((model) => model.id);
}
