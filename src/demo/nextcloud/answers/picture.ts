import { crc32, deflateSync } from 'node:zlib';
import { hashOf, randomFrom } from '../../openwebui/answers/random.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** A calm picture as PNG bytes: a gradient and a few soft discs, the same for the same words. Sizes in pixels. */
export function picture(text: string, width: number, height: number): Uint8Array {
  const random = randomFrom(hashOf(text, 3));
  const hue = random();
  const top = colour(hue, 0.55, 0.62);
  const bottom = colour(hue + 0.12 + random() * 0.2, 0.6, 0.34);
  const discs = Array.from({ length: 4 }, () => ({
    x: random() * width,
    y: random() * height,
    radius: (0.12 + random() * 0.25) * Math.min(width, height),
    colour: colour(hue + 0.4 + random() * 0.3, 0.7, 0.7),
  }));
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    const row = y * (1 + width * 3) + 1;
    const sky = mixed(top, bottom, y / height);
    for (let x = 0; x < width; x += 1) {
      let pixel = sky;
      for (const disc of discs) {
        const edge = (disc.radius - Math.hypot(x - disc.x, y - disc.y)) / 6;
        if (edge > 0) pixel = mixed(pixel, disc.colour, Math.min(1, edge) * 0.45);
      }
      rows.set(pixel, row + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a channel, red green blue.
  head.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

function mixed(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Hue, saturation and lightness from 0 to 1 as 0 to 255 of each colour. */
function colour(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (shift: number) => {
    const at = (shift + hue * 12) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
