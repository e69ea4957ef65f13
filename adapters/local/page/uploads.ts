import type { PageFile } from '../protocol.ts';
import { fresh, state, toast } from './state.ts';
import { sizeOf } from './words-of-time.ts';

/** A file that was added to a message being written. */
export interface Attached {
  readonly id: string;
  readonly name: string;
  /** From 0 to 1 while it is being sent to the server. */
  progress: number;
  /** The server has it. */
  file: PageFile | null;
  failed: string | null;
  cancel(): void;
}

/** Sends a file to the server; `changed` is called as it goes on. Null when it is refused at once, with a word to the person. */
export function upload(file: File, changed: () => void): Attached | null {
  if (state.fileBytes > 0 && file.size > state.fileBytes) {
    toast(`“${file.name}” is ${sizeOf(file.size)}; at most ${sizeOf(state.fileBytes)} can be sent.`);
    return null;
  }
  const request = new XMLHttpRequest();
  const one: Attached = {
    id: fresh(),
    name: file.name || 'picture.png',
    progress: 0,
    file: null,
    failed: null,
    cancel: () => request.abort(),
  };
  request.open('POST', '/local/files');
  request.setRequestHeader('x-person', state.me?.id ?? '');
  request.setRequestHeader('x-key', state.me?.key ?? '');
  request.setRequestHeader('x-name', encodeURIComponent(one.name));
  request.setRequestHeader('content-type', file.type || 'application/octet-stream');
  request.responseType = 'json';
  request.upload.addEventListener('progress', (event) => {
    one.progress = event.total > 0 ? event.loaded / event.total : 0;
    changed();
  });
  request.addEventListener('load', () => {
    const body: unknown = request.response;
    if (request.status === 200 && isPageFile(body)) one.file = body;
    else
      one.failed = request.status === 413 ? 'It is too large.' : 'It could not be sent. Take it out and add it again.';
    changed();
  });
  request.addEventListener('error', () => {
    one.failed = 'It could not be sent. Take it out and add it again.';
    changed();
  });
  request.send(file);
  return one;
}

function isPageFile(value: unknown): value is PageFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'name' in value &&
    'type' in value &&
    'size' in value
  );
}
