import type * as z from 'zod';
import type { Nextcloud, Site } from './connection.ts';
import { failureOf, shapeFailure } from './errors.ts';
import { field, number } from './fields.ts';
import { type Call, type Reply, sendAs, sendOpenly, whereOf } from './request.ts';

/** A call of the OCS interface: `path` begins behind `/ocs/v2.php`, `json` is the body. */
export type OcsCall = Omit<Call, 'headers' | 'body'> & { readonly json?: unknown };

/** Makes an OCS call with the account's credential and checks `ocs.data` against `schema`. */
export async function ocsAs<S extends z.ZodType>(nc: Nextcloud, call: OcsCall, schema: S): Promise<z.output<S>> {
  const whole = wholeCall(call);
  return data(await sendAs(nc, whole), whole, schema);
}

/** The same without a credential. */
export async function ocsOpenly<S extends z.ZodType>(site: Site, call: OcsCall, schema: S): Promise<z.output<S>> {
  const whole = wholeCall(call);
  return data(await sendOpenly(site, whole), whole, schema);
}

/** Both ways to ask for JSON: 27 and 28 answer some errors as XML when only the header asks (our reference, nextcloud 2). */
function wholeCall(call: OcsCall): Call {
  const { json, ...rest } = call;
  return {
    ...rest,
    path: `/ocs/v2.php${call.path}`,
    query: { ...call.query, format: 'json' },
    headers: { accept: 'application/json', ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  };
}

/** What stands at `ocs.data` of a good answer. Pure. */
function data<S extends z.ZodType>(reply: Reply, call: Call, schema: S): z.output<S> {
  const where = whereOf(call);
  const body = reply.bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw shapeFailure(reply.contentType, where, `${reply.status} with a body that is no JSON`);
  }
  const ocs = field(value, 'ocs');
  const code = number(field(field(ocs, 'meta'), 'statuscode'));
  if (code === null) throw shapeFailure(reply.contentType, where, `${reply.status} with JSON that is no OCS answer`);
  // A proxy that turns v2 into v1 hides the status in the body.
  if (code >= 300) throw failureOf({ status: code, contentType: reply.contentType, body }, where);
  const parsed = schema.safeParse(field(ocs, 'data'));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  throw shapeFailure(reply.contentType, where, `data of another shape: ${issues.join('; ')}`);
}
