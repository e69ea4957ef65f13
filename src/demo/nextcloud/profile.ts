/**
 * Which release of Nextcloud the stand-in behaves like: one of the four whose answers were written down (our reference, nextcloud,
 * transcripts). `27` and `28` know only the old API, `32` and `34` both.
 */
export type Profile = '27' | '28' | '32' | '34';

const releases: Record<Profile, readonly [major: number, minor: number, micro: number]> = {
  '27': [27, 1, 3],
  '28': [28, 0, 2],
  '32': [32, 0, 2],
  '34': [34, 0, 1],
};

/** All profiles, oldest first. */
export const profiles: readonly Profile[] = ['27', '28', '32', '34'];

/** The version as capabilities and `status.php` tell it. */
export function versionOf(profile: Profile): { major: number; minor: number; micro: number; string: string } {
  const [major, minor, micro] = releases[profile];
  return { major, minor, micro, string: `${major}.${minor}.${micro}` };
}

/** Whether what came with release `major` is there. */
export function since(profile: Profile, major: number): boolean {
  return Number(profile) >= major;
}
