const rate = 8000;
/** A scale on which nothing sounds wrong, in Hertz. */
const scale = [261.6, 293.7, 329.6, 392, 440, 523.3];

/** A short melody as a WAV file, one soft tone per word, at most twelve: a stand-in cannot speak. */
export function melody(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const tones = (words.length === 0 ? [''] : words.slice(0, 12)).map(
    (word) => scale[word.length % scale.length] ?? 440,
  );
  const length = Math.floor(rate * 0.22);
  const samples = Buffer.alloc(tones.length * length * 2);
  tones.forEach((hertz, tone) => {
    for (let at = 0; at < length; at += 1) {
      const fade = Math.sin((Math.PI * at) / length) ** 2;
      const value = Math.round(9000 * fade * Math.sin((2 * Math.PI * hertz * at) / rate));
      samples.writeInt16LE(value, (tone * length + at) * 2);
    }
  });
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  // Sixteen bytes of format: plain samples, one channel, 8 kHz, two bytes a sample.
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
