import { afterAll, beforeAll, describe } from 'vitest';
import { answersContract } from './answers.ts';
import { backgroundContract } from './background.ts';
import { type Bench, type Desk, leave, sit } from './bench.ts';
import { chatsContract } from './chats.ts';
import { peopleContract } from './people.ts';
import { promptsContract } from './prompts.ts';
import { refusalsContract } from './refusals.ts';
import { tasksContract } from './tasks.ts';

/**
 * Everything the client relies on in a server, asked over a real socket: run on the stand-in in each profile always, and on a real
 * Open WebUI where one can be had. What holds on one and not on the other is a defect of the stand-in or of the client.
 */
export function openWebUIContract(name: string, open: () => Promise<Bench>): void {
  describe(`Open WebUI, ${name}`, () => {
    let desk: Desk | undefined;
    beforeAll(async () => {
      desk = sit(await open());
    }, 360_000);
    afterAll(() => leave(desk));
    const at = (): Desk => {
      if (desk === undefined) throw new Error('the server did not start');
      return desk;
    };
    peopleContract(at);
    answersContract(at);
    backgroundContract(at);
    chatsContract(at);
    tasksContract(at);
    promptsContract(() => ({ ...at(), old: false }));
    refusalsContract(at);
  });
}
