/** The channel whose threads everybody sees. */
export const TEAM = 'team';
/** The author of everything that Parley writes. */
export const PARLEY = 'parley';
/** UTF-16 units of one message of a person. Above what the inbox takes as a question, so that it can say so itself. */
export const MESSAGE_UNITS = 200_000;
/** UTF-16 units of a person's name. */
export const NAME_UNITS = 40;
/** UTF-16 units of a conversation's title. */
export const TITLE_UNITS = 120;
/** Why a socket was closed, where the page does something else than connect again. */
export const CLOSED = { stranger: 4001, slow: 4002, flood: 4003 } as const;
