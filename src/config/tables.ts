import * as z from 'zod';
import type { ConfigPart } from './part.ts';
import { about } from './setting.ts';

/** The table of all settings, in Markdown, as README and docs show it. */
export function settingsTable(parts: readonly ConfigPart[]): string {
  const rows = parts.flatMap((part) =>
    settings(part).map(({ name, info }) => {
      const fallback = info.fallback ? ` (\`${info.fallback}\`)` : '';
      return `| \`${name}\` | ${info.meaning}${fallback} |`;
    }),
  );
  return ['| setting | meaning (default) |', '| --- | --- |', ...rows].join('\n');
}

/** The sample `.env`, every setting commented out, in the order of the parts. */
export function sampleEnv(parts: readonly ConfigPart[]): string {
  const blocks = parts.map((part) => {
    const lines = settings(part).map(
      ({ name, info }) => `# ${info.meaning}\n# ${name}=${info.fallback || info.example}`,
    );
    return `## ${part.title}\n\n${lines.join('\n\n')}`;
  });
  return `${['# Every setting of Parley. Take away the # of those you need.', ...blocks].join('\n\n')}\n`;
}

function settings(part: ConfigPart) {
  return Object.entries(part.shape).flatMap(([name, setting]) => {
    const info = setting instanceof z.ZodType ? about.get(setting) : undefined;
    return info ? [{ name, info }] : [];
  });
}
