import type { ChatTree } from '../../src/openwebui/chat-tree.ts';

/** Something that makes the web page show a chat wrongly: lost branches, or a wait without end. */
export interface Defect {
  readonly kind: 'key' | 'root' | 'parent' | 'child' | 'current' | 'circle';
  /** The message that has it; empty for the chat itself. */
  readonly id: string;
  readonly detail: string;
}

/** All defects of a tree; none in a tree made by the functions of `chat-tree.ts` (our reference, openwebui 3.6). */
export function defectsOf(tree: ChatTree): readonly Defect[] {
  const { currentId, messages } = tree.history;
  const has = (id: string): boolean => Object.hasOwn(messages, id);
  const found: Defect[] = [];
  const add = (kind: Defect['kind'], id: string, detail: string): number => found.push({ kind, id, detail });
  for (const [key, message] of Object.entries(messages)) {
    if (message.id !== key) add('key', key, `its id is ${message.id}`);
    const parent = message.parentId === null ? undefined : messages[message.parentId];
    if (message.parentId !== null && !has(message.parentId))
      add('parent', key, `its parent ${message.parentId} is not there`);
    if (parent !== undefined && !parent.childrenIds.includes(key)) add('child', key, 'its parent does not list it');
    for (const child of message.childrenIds) {
      if (!has(child)) add('child', key, `its child ${child} is not there`);
      else if (messages[child]?.parentId !== key) add('child', key, `its child ${child} has another parent`);
    }
    if (new Set(message.childrenIds).size !== message.childrenIds.length) add('child', key, 'it lists a child twice');
    if (circles(tree, key)) add('circle', key, 'its parents run in a circle');
  }
  const empty = Object.keys(messages).length === 0;
  if (currentId === null ? !empty : !has(currentId)) add('current', '', `currentId is ${currentId}`);
  if (!empty && Object.values(messages).every((message) => message.parentId !== null))
    add('root', '', 'no message is a root');
  return found;
}

function circles(tree: ChatTree, start: string): boolean {
  const seen = new Set<string>();
  for (let id: string | null = start; id !== null; id = tree.history.messages[id]?.parentId ?? null) {
    if (seen.has(id)) return true;
    seen.add(id);
  }
  return false;
}
