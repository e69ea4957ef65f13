import type { Body } from '../../src/chat/view.ts';
import { context } from './blocks.ts';
import type { View } from './forms.ts';
import { VIEW_TITLE_UNITS } from './limits.ts';
import { renderBody } from './render.ts';
import { plain } from './words.ts';

/** Blocks of one modal or Home tab. */
const VIEW_BLOCKS = 100;

/** A modal that stands until what it is for is known. */
export function loadingView(title: string): View {
  return note(title, [context('One moment…')]);
}

/** A modal that only says something. */
export function sayingView(title: string, body: Body): View {
  return note(title, bodyBlocks(body));
}

/** The Home tab. */
export function homeView(body: Body): View {
  return { type: 'home', blocks: bodyBlocks(body) };
}

function note(title: string, blocks: View['blocks']): View {
  return { type: 'modal', title: plain(title, VIEW_TITLE_UNITS), close: plain('Close', VIEW_TITLE_UNITS), blocks };
}

/** Views take no feedback buttons. */
function bodyBlocks(body: Body): View['blocks'] {
  return renderBody(body, 'sections')
    .filter((block) => block.type !== 'context_actions')
    .slice(0, VIEW_BLOCKS);
}
