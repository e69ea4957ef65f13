import { afterAll, beforeAll, describe } from 'vitest';
import { accountContract } from './account.ts';
import { type Bench, type Desk, leave, sit } from './bench.ts';
import { filesContract } from './files.ts';
import { tasksContract } from './tasks.ts';

/**
 * Everything the client relies on in a server, asked over a real socket: run on the stand-in in each profile always, and on a real
 * Nextcloud where one can be had. What holds on one and not on the other is a defect of the stand-in or of the client. Makes about
 * ten tasks, which fits into the server's two minutes, and deletes them.
 */
export function nextcloudContract(name: string, open: () => Promise<Bench>): void {
  describe(`Nextcloud, ${name}`, () => {
    let desk: Desk | undefined;
    beforeAll(async () => {
      desk = sit(await open());
    });
    afterAll(() => leave(desk));
    const at = (): Desk => {
      if (desk === undefined) throw new Error('the server did not start');
      return desk;
    };
    accountContract(at);
    tasksContract(at);
    filesContract(at);
  });
}
