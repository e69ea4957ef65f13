import { view, type World } from './world.ts';

/** Sixty sentences in ten paragraphs. */
export const TEXT = Array.from({ length: 60 }, (_, i) => `This is sentence ${i}.${i % 6 === 5 ? '\n\n' : ' '}`).join(
  '',
);

/** `TEXT` as `standing` gives it when nothing is missing. */
export const whole = TEXT.replace(/\s+/g, ' ').trim();

/** All that stands, parts joined and white space made one space. */
export const standing = (world: World): string => world.plain.standing().join(' ').replace(/\s+/g, ' ').trim();

/** Streams `text` over two seconds and says it is the last. */
async function stream(world: World, reply: ReturnType<World['reply']>, text: string) {
  for (let i = 1; i <= 20; i += 1) {
    reply.show(view(text.slice(0, Math.ceil((text.length * i) / 20))));
    await new Promise<void>((resolve) => void world.clock.after(100, resolve));
  }
  return reply.finish(view(text));
}

/** Streams `text` into a reply over two seconds, and runs the clock, at the most for `ms`, until the reply is done. */
export async function streamed(world: World, ms = 60_000, reply = world.reply(), text = TEXT) {
  let over = false;
  const done = stream(world, reply, text).finally(() => {
    over = true;
  });
  for (let passed = 0; passed < ms && !over; passed += 250) await world.clock.advance(250);
  return done;
}
