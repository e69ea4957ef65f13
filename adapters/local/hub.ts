import type { ToPage } from './protocol.ts';

/** One open page. */
export interface Tab {
  readonly person: string;
  /** Conversations whose messages it is told about. */
  readonly holds: ReadonlySet<string>;
  send(frame: ToPage): void;
  close(code: number, why: string): void;
}

/** The pages that are open now. Everything else a page needs it reads from the book when it comes. */
export interface Hub {
  add(tab: Tab): void;
  delete(tab: Tab): void;
  count(person: string | null): number;
  /** Tells one person (all their tabs), or with null everybody. */
  tell(person: string | null, frame: ToPage): void;
  /** Tells those who may see a conversation's messages and hold it. */
  inside(conversation: string, reader: string | null, frame: ToPage): void;
  closeAll(code: number, why: string): void;
}

/** See {@link Hub}. */
export function createHub(): Hub {
  const tabs = new Set<Tab>();
  return {
    add: (tab) => void tabs.add(tab),
    delete: (tab) => void tabs.delete(tab),
    count: (person) => (person === null ? tabs.size : [...tabs].filter((tab) => tab.person === person).length),
    tell(person, frame) {
      for (const tab of tabs) if (person === null || tab.person === person) tab.send(frame);
    },
    inside(conversation, reader, frame) {
      for (const tab of tabs)
        if (tab.holds.has(conversation) && (reader === null || tab.person === reader)) tab.send(frame);
    },
    closeAll(code, why) {
      for (const tab of [...tabs]) tab.close(code, why);
    },
  };
}
