import { ask } from './ask.ts';
import { retry, startAnew, status, stop, title } from './controls.ts';
import { feedback } from './feedback.ts';
import { forget } from './forget.ts';
import { helpCommand } from './help.ts';
import { link, unlink, whoami } from './link.ts';
import { model } from './model.ts';
import { nextcloud } from './nextcloud.ts';
import { prompt } from './prompt.ts';
import { prompts } from './prompts.ts';
import type { Registry } from './registry.ts';
import { createRegistry } from './registry.ts';
import { summarise } from './summarise.ts';

/**
 * Every command there is, in the order in which people read them. A new command is one file and one name here. `prefix` is what
 * platforms put before each name.
 */
export function allCommands(prefix = ''): Registry {
  const registry: Registry = createRegistry(
    [
      ask,
      prompt,
      prompts,
      summarise,
      nextcloud,
      model,
      startAnew,
      stop,
      retry,
      title,
      feedback,
      link,
      unlink,
      whoami,
      forget,
      status,
      helpCommand(() => registry),
    ],
    prefix,
  );
  return registry;
}
