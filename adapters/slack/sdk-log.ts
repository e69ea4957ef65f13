import { type Logger, LogLevel } from '@slack/bolt';

/** Where the adapter writes: fields carry ids and kinds, never text. A part of Parley's own log. */
export interface SlackLog {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

/**
 * The log the SDK writes to. At its debug level the SDK prints whole bodies, so that level is never reached; what else it says
 * is kept as its own line at debug, since whatever matters is also told by a failure of ours.
 */
export function sdkLog(log: SlackLog): Logger {
  const line = (...parts: unknown[]) =>
    log.debug({
      sdk: parts
        .map((part) => (part instanceof Error ? part.name : String(part)))
        .join(' ')
        .slice(0, 300),
    });
  return {
    debug: () => undefined,
    info: line,
    warn: line,
    error: line,
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
