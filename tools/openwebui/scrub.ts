/** Makes a captured body safe to keep and the same on every run: no keys, no paths of this machine, counted ids, fixed times. */

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A scrubber. It remembers the ids it has met, so that one id is the same in all bodies of a run. */
export function scrubber(secrets: readonly string[], dataDir: string): (text: string) => string {
  const ids = new Map<string, string>();
  const counted = (id: string): string => {
    const known = ids.get(id) ?? `00000000-0000-4000-8000-${String(ids.size + 1).padStart(12, '0')}`;
    ids.set(id, known);
    return known;
  };
  return (text) => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, '[secret]');
    return clean
      .replaceAll(dataDir, '/data')
      .replace(/\bsk-[0-9a-f]{32}\b/g, '[secret]')
      .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[secret]')
      .replace(uuid, counted)
      .replace(/\bmsg_[0-9a-f]{24}\b/g, 'msg_000000000000000000000001')
      .replace(/\b1[6-9]\d{8}\b(?=[,}\]])/g, '1700000000')
      .replace(/\b1[6-9]\d{11}\b(?=[,}\]])/g, '1700000000000');
  };
}
