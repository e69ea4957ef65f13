/**
 * Which release of Open WebUI the stand-in behaves like. `0.7` is the last one with the old prompts, taken from our reference;
 * the others follow what the real servers were seen to do (docs/openwebui-compatibility.md). `0.12` is the newest, and the default.
 */
export type Profile = '0.7' | '0.8' | '0.9' | '0.10' | '0.11' | '0.12';

const releases: Record<Profile, string> = {
  '0.7': '0.7.2',
  '0.8': '0.8.12',
  '0.9': '0.9.6',
  '0.10': '0.10.2',
  '0.11': '0.11.4',
  '0.12': '0.12.4',
};

const order: readonly Profile[] = ['0.7', '0.8', '0.9', '0.10', '0.11', '0.12'];

/** All profiles, oldest first. */
export const profiles = order;

/** The version the server reports in this profile. */
export function versionOf(profile: Profile): string {
  return releases[profile];
}

/** Whether a change that came with `release` is in force. */
export function since(profile: Profile, release: Profile): boolean {
  return order.indexOf(profile) >= order.indexOf(release);
}
