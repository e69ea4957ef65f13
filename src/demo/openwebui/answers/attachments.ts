import type { Ask } from '../model.ts';

/** What came with the question, in words; null when nothing did. */
export function attachments(ask: Ask): string | null {
  const last = ask.messages.findLast((message) => message.role === 'user');
  const images = (last?.images ?? []).map((url, at) => `- picture ${at + 1}: ${imageFacts(url)}`);
  const files = ask.files.map((file) => {
    const start = file.text === null ? 'holds no text that I could read' : `begins with “${firstWords(file.text)}”`;
    return `- **${file.name}** (${file.type}, ${size(file.size)}) ${start}`;
  });
  if (images.length + files.length === 0) return null;
  const count = images.length + files.length;
  return `I received ${count === 1 ? 'one file' : `${count} files`} with your question:\n\n${[...images, ...files].join('\n')}`;
}

function firstWords(text: string): string {
  const words = text.trim().split(/\s+/);
  return words.slice(0, 12).join(' ') + (words.length > 12 ? ' …' : '');
}

function imageFacts(url: string): string {
  const data = /^data:([^;,]+)(;base64)?,(.*)$/s.exec(url);
  if (data === null) return `a link, ${url.slice(0, 80)}`;
  const [, type = 'unknown', base64, body = ''] = data;
  const bytes = Buffer.from(body, base64 === undefined ? 'utf8' : 'base64');
  const pixels = dimensions(bytes);
  return `${type}, ${size(bytes.length)}${pixels === null ? '' : `, ${pixels.width} × ${pixels.height} pixels`}`;
}

/** Width and height as PNG and GIF write them in their first bytes. */
function dimensions(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.length >= 24 && bytes.toString('latin1', 1, 4) === 'PNG') {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.length >= 10 && bytes.toString('latin1', 0, 3) === 'GIF') {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  return null;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
