/** Bytes of a name, without what is put before it. Servers take 255, encrypted ones less. */
const MAX_BYTES = 120;

/**
 * A name that every Nextcloud takes, Windows rules among them: letters, digits, `.`, `_` and `-` of any script, not hidden, no
 * ending that the server keeps for itself. Put something unique before it. Never empty.
 */
export function safeName(name: string): string {
  const base = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const plain = base
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^[._-]+|[._-]+$/g, '');
  // The server keeps these for uploads under way and for its web server.
  const usable = /(^|\.)(part|filepart|htaccess|crdownload)$/i.test(plain) ? `${plain}_` : plain;
  return shortened(usable) || 'file';
}

/** Cuts in the middle, so that the ending stays; never within a grapheme. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - ending.length);
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(stem.slice(0, MAX_BYTES))) {
    if (Buffer.byteLength(kept + segment + ending) > MAX_BYTES) break;
    kept += segment;
  }
  return kept.replace(/[._-]+$/, '') + ending;
}

/** The file name in a `Content-Disposition`, made safe; null when it has none. */
export function nameIn(disposition: string | null): string | null {
  const header = disposition ?? '';
  const wide = /filename\*\s*=\s*utf-8'[^']{0,20}'([^;\s]{1,1000})/i.exec(header)?.[1];
  const decoded = wide === undefined ? null : percentDecoded(wide);
  const quoted = /filename\s*=\s*"((?:[^"\\]|\\.){0,1000})"/i.exec(header)?.[1]?.replace(/\\(.)/g, '$1');
  const bare = /filename\s*=\s*([^";\s]{1,1000})/i.exec(header)?.[1];
  const found = decoded ?? quoted ?? bare ?? '';
  return found.trim() === '' ? null : safeName(found);
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const endings: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['image/svg+xml', 'svg'],
  ['audio/mpeg', 'mp3'],
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/ogg', 'ogg'],
  ['audio/mp4', 'm4a'],
  ['audio/flac', 'flac'],
  ['video/mp4', 'mp4'],
  ['video/webm', 'webm'],
  ['application/pdf', 'pdf'],
  ['text/plain', 'txt'],
  ['text/vtt', 'vtt'],
]);

/** The name with an ending for its media type: results of tasks are named by numbers alone, and chats show files by their ending. */
export function withEnding(name: string, type: string | null): string {
  const ending = endings.get(type ?? '');
  return ending === undefined || /\.[A-Za-z0-9]{2,8}$/.test(name) ? name : `${name}.${ending}`;
}
