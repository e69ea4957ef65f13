import { stripTypeScriptTypes } from 'node:module';

/**
 * JavaScript from TypeScript that only needs its types taken away. Node 24 warns once that the function may still change: that
 * one warning is kept from the log, since nobody who runs Parley can act on it; every other warning passes.
 */
export function stripTypes(source: string): string {
  const emit = process.emitWarning;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).startsWith('stripTypeScriptTypes ')) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  };
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emit;
  }
}
