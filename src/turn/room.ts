import type { Accounts } from '../accounts/accounts.ts';
import type { Adapter } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { type After, createAfter } from './after.ts';
import { createFindModel, type ModelLists } from './asked-model.ts';
import { type AttachmentLimits, picturesAgain } from './attachments.ts';
import { type AfterOptions, createDecorate } from './decorate.ts';
import { createGather } from './gather.ts';
import { createKept, type Kept } from './kept.ts';
import { createLocate } from './locate.ts';
import { type ChooseModel, createChooseModel } from './model-choice.ts';
import { createNaming, type Naming } from './naming.ts';
import { createOffers, type Offers } from './offers.ts';
import { createTurns, type Turns } from './turns.ts';

/** What the room of turns is made of. */
export interface TurnRoomOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly accounts: Accounts;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly log: Log;
  adapter(platform: string): Adapter;
  /** Words of our own as they are said on a platform, with its commands. */
  spell(platform: string, words: string): string;
  /** Models of an account, from memory and fetched. */
  readonly models: ModelLists;
  /** Model when nobody chose one; null for the first that the server lists. */
  readonly model: string | null;
  readonly after: AfterOptions;
  readonly attachments: AttachmentLimits;
  /** UTF-16 units an answer may have. */
  readonly answerUnits: number;
  /** There is work for the lane `after`. */
  wakeAfter(): void;
}

/** The room of turns, put together: what asks, what follows an answer, and what the inbox needs of both. */
export interface TurnRoom {
  readonly turns: Turns;
  readonly after: After;
  readonly naming: Naming;
  readonly kept: Kept;
  readonly offers: Offers;
  readonly chooseModel: ChooseModel;
}

/** See {@link TurnRoom}. */
export function createTurnRoom(options: TurnRoomOptions): TurnRoom {
  const { store, vault, accounts, delivery, clock, log, adapter, spell } = options;
  const wake = options.wakeAfter;
  const chooseModel = createChooseModel(store.settings, options.model);
  const naming = createNaming({ store, accounts, delivery, clock, log, wake });
  const kept = createKept({ store, delivery, clock, spell, wake });
  const offers = createOffers({ store, vault, delivery, log });
  const decorate = createDecorate({
    ...{ store, vault, accounts, delivery, naming, offers, clock, log },
    options: options.after,
  });
  const after = createAfter({
    ...{ store, vault, accounts, decorate, naming, kept, clock, log },
    picturesOf: ({ place, files }) => picturesAgain(adapter(place.platform), files, options.attachments),
  });
  const locate = createLocate({ store, vault, delivery, clock, log, adapter });
  const gather = createGather({
    ...{ store, vault, accounts, adapter, clock, log },
    findModel: createFindModel({ ...options.models, chooseModel }),
    savePending: after.savePending,
    tellOwner: kept.tell,
    limits: options.attachments,
  });
  const turns = createTurns({
    ...{ store, vault, delivery, clock, log, locate, gather, spell },
    answerUnits: options.answerUnits,
  });
  return { turns, after, naming, kept, offers, chooseModel };
}
