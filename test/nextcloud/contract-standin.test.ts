import { profiles } from '../../src/demo/nextcloud/profile.ts';
import { startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { nextcloudContract } from '../contracts/nextcloud/contract.ts';

for (const profile of profiles) {
  nextcloudContract(`the stand-in as ${profile}`, async () => {
    const server = await startNextcloud({ profile, path: '/cloud', pace: 'instant' });
    const person = server.person(server.user);
    return {
      url: server.url,
      user: server.user,
      password: server.password,
      patienceMs: 5_000,
      throwaway: () => server.world.people.newPassword(person),
      grant: (link) => server.grant(link),
      spare: { user: 'bob', password: server.person('bob').password },
      expendable: true,
      close: () => server.close(),
    };
  });
}
