import { profiles } from '../../src/demo/openwebui/profile.ts';
import { startOpenWebUI } from '../../src/demo/openwebui/server.ts';
import { openWebUIContract } from '../contracts/openwebui/contract.ts';
import { scriptedModel } from '../contracts/openwebui/scripted-model.ts';

for (const profile of profiles) {
  if (profile === '0.7') continue;
  openWebUIContract(`the stand-in as ${profile}`, async () => {
    const server = await startOpenWebUI({ profile, model: scriptedModel, settings: { processingMs: 5 } });
    return {
      url: server.url,
      adminKey: server.adminKey,
      userKey: server.key,
      otherKey: server.otherKey,
      models: scriptedModel.models.map((model) => model.id),
      profile,
      real: false,
      close: () => server.close(),
    };
  });
}
