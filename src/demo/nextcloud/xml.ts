import { isObject } from '../openwebui/json.ts';

/** Text made safe for XML. Signs that XML cannot hold are left out. */
export function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these may not stand in XML.
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
  return clean.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** One value as Nextcloud writes it: items of lists are `element`s, what is empty closes itself, two levels are indented by one. */
function element(name: string, value: unknown, depth = 0): string {
  const pad = ' '.repeat(depth);
  const inner = Array.isArray(value)
    ? value.map((item) => element('element', item, depth + 1))
    : isObject(value)
      ? Object.entries(value).map(([key, one]) => element(/^\d/.test(key) ? 'element' : key, one, depth + 1))
      : null;
  if (inner !== null)
    return inner.length === 0 ? `${pad}<${name}/>\n` : `${pad}<${name}>\n${inner.join('')}${pad}</${name}>\n`;
  const text = value === null || value === undefined || value === false ? '' : value === true ? '1' : String(value);
  return text === '' ? `${pad}<${name}/>\n` : `${pad}<${name}>${escaped(text)}</${name}>\n`;
}

/** A whole answer of the OCS as XML. */
export function ocsXml(ocs: { meta: unknown; data: unknown }): string {
  return `<?xml version="1.0"?>\n${element('ocs', ocs)}`;
}
