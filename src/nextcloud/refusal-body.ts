import { field, number, text } from './fields.ts';

/** What the body of a refusal says, whatever form it has (our reference, nextcloud 2). */
export interface Said {
  readonly form: 'ocs' | 'bare' | 'empty' | 'xml' | 'html' | 'other';
  /** `ocs.meta.statuscode`. */
  readonly code: number | null;
  /** `ocs.meta.message`: what was said before a controller ran. Of a success it is `OK`. */
  readonly meta: string;
  /** `ocs.data.message`, a bare `message`, or WebDAV's `s:message`. In the account's language. */
  readonly message: string;
}

/** Whether a `content-type` says that this is a web page. */
export function isHtml(contentType: string | null): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(contentType ?? '');
}

/** Reads the body of a refusal. Never fails: what it does not know comes out as `other`, without words. */
export function said(body: string, contentType: string | null): Said {
  const nothing = { code: null, meta: '', message: '' };
  const start = body.trimStart();
  // Nextcloud sends its empty bodies as text/html or text/xml: the body decides, not the type.
  if (start === '') return { form: 'empty', ...nothing };
  if (start.startsWith('{') || start.startsWith('[')) return fromJson(start) ?? { form: 'other', ...nothing };
  if (isHtml(contentType) || /^<(!doctype html|html)/i.test(start)) return { form: 'html', ...nothing };
  if (start.startsWith('<')) return fromXml(start);
  return { form: 'other', ...nothing };
}

function fromJson(body: string): Said | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const ocs = field(value, 'ocs');
  const meta = field(ocs, 'meta');
  if (meta !== undefined) {
    const message = text(field(field(ocs, 'data'), 'message')).trim();
    return { form: 'ocs', code: number(field(meta, 'statuscode')), meta: text(field(meta, 'message')).trim(), message };
  }
  return { form: 'bare', code: null, meta: '', message: text(field(value, 'message')).trim() };
}

/** OCS errors of 27 and 28, and WebDAV's. Only a few flat elements of it matter. */
function fromXml(body: string): Said {
  const isOcs = /<ocs>\s*<meta>/.test(body.slice(0, 500));
  const code = isOcs ? number(element(body, 'statuscode')) : null;
  const message = element(body, 'message').trim();
  return isOcs
    ? { form: 'ocs', code, meta: message, message: '' }
    : { form: 'xml', code, meta: '', message: `${element(body, 'exception').trim()} ${message}`.trim() };
}

/** The text of the first element of this name, whatever its prefix; empty when there is none. Linear in the body's length. */
export function element(body: string, name: string): string {
  const found = new RegExp(`<(?:[A-Za-z][\\w-]{0,30}:)?${name}>([^<]{0,2000})<`).exec(body);
  return found?.[1] ?? '';
}
