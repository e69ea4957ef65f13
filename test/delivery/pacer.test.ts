import { describe, expect, it } from 'vitest';
import { createPacer, type Payer, type Rank, type Ticket } from '../../src/delivery/pacer.ts';
import { createTestClock } from '../clock.ts';
import { problem } from '../servers/plain.ts';

function createBoard(burst: number, perSecond = 1) {
  const clock = createTestClock();
  const pacer = createPacer({ clock, rate: () => ({ burst, perSecond }) });
  const order: string[] = [];
  const tickets: Ticket[] = [];
  const begin = clock.now();
  const payer = (name: string, rank: Rank, weight = 1, scopes = ['edit:T']): Payer => {
    let wants = true;
    return {
      wish: () => (wants ? { scopes, rank, weight, at: 0 } : null),
      go(ticket) {
        wants = false;
        order.push(`${name}@${Math.round((clock.now() - begin) / 100) / 10}`);
        tickets.push(ticket);
        ticket.settle(null);
      },
    };
  };
  return { clock, pacer, order, tickets, payer };
}

describe('the pacer', () => {
  it('lets last texts go before first ones, first before live, live before the rest; among equals the greatest index', async () => {
    const { clock, pacer, order, payer } = createBoard(1);
    pacer.wake(payer('now', 0));
    for (const waiting of [
      payer('nice', 3, 9),
      payer('small', 2, 5),
      payer('great', 2, 50),
      payer('first', 1),
      payer('last', 0),
    ]) {
      pacer.wake(waiting);
    }
    await clock.advance(10_000);
    expect(order.map((one) => one.split('@')[0])).toEqual(['now', 'last', 'first', 'great', 'small', 'nice']);
  });

  it('keeps one call in reserve, so that a last text never waits behind a live edit', async () => {
    const { clock, pacer, order, payer } = createBoard(2);
    pacer.wake(payer('live', 2));
    pacer.wake(payer('live too', 2));
    await clock.advance(100);
    pacer.wake(payer('last', 0));
    await clock.advance(10_000);
    expect(order[0]).toBe('live@0');
    expect(order[1]).toBe('last@0.1');
  });

  it('holds only the scope that was refused', async () => {
    const { clock, pacer, order, payer } = createBoard(5);
    const refused: Payer = {
      wish: () => (order.length === 0 ? { scopes: ['edit:T'], rank: 0, weight: 1, at: 0 } : null),
      go(ticket) {
        order.push('refused');
        ticket.settle(problem('busy', 3_000));
      },
    };
    pacer.wake(refused);
    pacer.wake(payer('same', 0));
    pacer.wake(payer('other', 0, 1, ['edit:U']));
    await clock.advance(10_000);
    expect(order).toEqual(['refused', 'other@0', 'same@3']);
    expect(pacer.counts().get('edit')).toEqual({ calls: 3, refused: 1 });
  });

  it('pays every scope a call names', async () => {
    const { clock, pacer, order, payer } = createBoard(1);
    pacer.wake(payer('a', 0, 1, ['channel:1', 'all']));
    pacer.wake(payer('b', 0, 1, ['channel:2', 'all']));
    await clock.advance(5_000);
    expect(order).toEqual(['a@0', 'b@1']);
  });

  it('gives back what was not used, and leaves no timer when it stops', async () => {
    const { clock, pacer, order, payer } = createBoard(1, 0.001);
    const unused: Payer = {
      wish: () => (order.length === 0 ? { scopes: ['edit:T'], rank: 0, weight: 1, at: 0 } : null),
      go(ticket) {
        order.push('unused');
        ticket.refund();
      },
    };
    pacer.wake(unused);
    pacer.wake(payer('used', 0));
    pacer.wake(payer('waits', 0));
    await clock.settle();
    expect(order).toEqual(['unused', 'used@0']);
    pacer.stop();
    expect(clock.timers()).toBe(0);
  });
});
