import type { OcsCall } from '../exchange.ts';
import type { Route } from '../ocs.ts';
import type { Person } from '../people.ts';
import { since, versionOf } from '../profile.ts';
import { requestId } from '../reply.ts';
import type { World } from '../world.ts';

/** Capabilities, who somebody is, and app passwords. */
export function cloudRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/cloud/capabilities',
      who: 'anyone',
      run(call) {
        const reply = call.speak.ok(capabilities(world, call));
        return { ...reply, headers: { ...reply.headers, etag: `"${requestId().toLowerCase()}"` } };
      },
    },
    {
      method: 'GET',
      path: '/cloud/user',
      who: 'person',
      run: (call) => call.speak.ok(call.person === null ? [] : account(world, call.person)),
    },
    {
      method: 'GET',
      path: '/core/getapppassword',
      who: 'person',
      run(call) {
        const login = call.login();
        if (login.kind !== 'person' || login.app) return call.speak.refused(403, 'Password confirmation is required');
        return call.speak.ok({ apppassword: world.people.newPassword(login.person) });
      },
    },
    {
      method: 'DELETE',
      path: '/core/apppassword',
      who: 'person',
      run(call) {
        const login = call.login();
        if (login.kind !== 'person' || !login.app) return call.speak.refused(403, 'no app password in use');
        login.person.appPasswords.delete(login.secret);
        return call.speak.ok([]);
      },
    },
  ];
}

function capabilities(world: World, call: OcsCall): object {
  const open = {
    bruteforce: { delay: 0, 'allow-listed': false },
    theming: {
      name: 'Nextcloud',
      productName: 'Nextcloud',
      url: 'https://nextcloud.com',
      slogan: 'a safe home for all your data',
      color: '#00679e',
      'color-text': '#ffffff',
      logo: `${call.base}/core/img/logo/logo.svg?v=0`,
    },
  };
  const core = {
    pollinterval: 60,
    'webdav-root': 'remote.php/webdav',
    'reference-api': true,
    'reference-regex': '(\\s|\\n|^)(https?:\\/\\/)([-A-Z0-9+_.]+)(\\s|\\n|$)',
    ...(since(world.profile, 32) && {
      'mod-rewrite-working': false,
      user: { language: '', locale: '', timezone: 'UTC' },
      'can-create-app-token': true,
    }),
  };
  return {
    version: { ...versionOf(world.profile), edition: '', extendedSupport: false },
    capabilities: call.person === null ? open : { core, ...open, files: { bigfilechunking: true }, dav: {} },
  };
}

function account(world: World, person: Person): object {
  const seconds = Math.floor(person.lastLogin / 1000);
  return {
    enabled: true,
    id: person.id,
    ...(since(world.profile, 31) && { firstLoginTimestamp: seconds, lastLoginTimestamp: seconds }),
    lastLogin: seconds * 1000,
    backend: 'Database',
    subadmin: [],
    quota: { free: -3, used: world.files.used(person.id), total: -3, relative: 0, quota: -3 },
    manager: '',
    avatarScope: 'v2-federated',
    email: null,
    emailScope: 'v2-federated',
    additional_mail: [],
    additional_mailScope: [],
    displayname: person.displayName,
    'display-name': person.displayName,
    displaynameScope: 'v2-federated',
    phone: '',
    phoneScope: 'v2-local',
    address: '',
    addressScope: 'v2-local',
    website: '',
    websiteScope: 'v2-local',
    twitter: '',
    twitterScope: 'v2-local',
    ...(since(world.profile, 33) && { bluesky: '', blueskyScope: 'v2-local' }),
    groups: person.admin ? ['admin'] : [],
    language: 'en',
    locale: '',
    notify_email: null,
    backendCapabilities: { setDisplayName: true, setPassword: true },
  };
}
