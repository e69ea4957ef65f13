import * as z from 'zod';
import type { ConfigPart } from './part.ts';
import { together } from './part.ts';
import { address, optional, secret } from './setting.ts';

/** Nextcloud: the server whose AI tasks are offered. */
export const nextcloudConfig = {
  title: 'Nextcloud',
  shape: {
    NEXTCLOUD_URL: optional(address, {
      meaning: 'Address of your Nextcloud, for `/nextcloud`. Unset: none; in the demo a stand-in',
      example: 'https://cloud.example.org',
      mend: 'Give the address you open in the browser, such as https://cloud.example.org',
    }),
    NEXTCLOUD_USER: optional(z.string().min(1, 'is empty'), {
      meaning: 'Login name of the account that runs tasks of people who have not connected their own',
      example: 'parley',
      mend: 'Give the name that you type to log in to Nextcloud',
    }),
    NEXTCLOUD_APP_PASSWORD: secret(z.string().min(1, 'is empty'), {
      meaning: 'App password of that account, not its own password',
      example: 'xxxxx-xxxxx-xxxxx-xxxxx-xxxxx',
      mend: 'In Nextcloud, as that account: Settings, Security, Devices & sessions, Create new app password',
    }),
  },
  check: (isSet) =>
    together(isSet, ['NEXTCLOUD_URL', 'NEXTCLOUD_USER', 'NEXTCLOUD_APP_PASSWORD'], 'Set all three, or none'),
} satisfies ConfigPart;
