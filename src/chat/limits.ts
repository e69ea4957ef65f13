/** A token bucket as a platform publishes it. */
export interface Rate {
  /** Calls that may be made at once after a rest. */
  readonly burst: number;
  /** Calls that come back per second. */
  readonly perSecond: number;
}

/** What a platform allows, as numbers. Figures are the published ones; delivery learns the real ones from its answers. */
export interface Limits {
  /** After so many parts the whole answer is attached as a file too. */
  readonly partsBeforeFile: number;
  /** UTF-16 units of a conversation's title. */
  readonly titleLength: number;
  /** Bytes of a file that is posted. */
  readonly fileBytes: number;
  /** Fields that fit one step of a form; null when there is no limit worth naming. */
  readonly formFields: number | null;
  /** Whether a form can show what is wrong at its field. */
  readonly formFieldErrors: boolean;
  /** Suggestions that one list shows. */
  readonly choices: number;
  /** How often one conversation may be named; without it, as seldom as the strictest platform allows. */
  readonly titles?: Rate;
  /** The bucket of a scope named by `Surface.scopes`, `openScopes` or a `busy` problem. */
  rate(scope: string): Rate;
}
