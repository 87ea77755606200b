import { SlowConsumerError } from '../../../src/context.js';
import type { Delivery } from '../../../src/context.js';
import { DeliveryStream } from '../../../src/transport/delivery-stream.js';
import { SocketDeliveries } from '../../../src/transport/socket-deliveries.js';
import { Turns } from '../../../src/transport/turns.js';
import { queued } from '../../contract/event-log/sample-events.js';

/** Events e0, e1, … and then for ever nothing; fails at the event `failsAt` with `fault`. Tells whether it was ended. */
function sourceOf(count: number, fault?: Error) {
  let given = 0;
  const source = {
    ended: false,
    [Symbol.asyncIterator]: () => ({
      next: (): Promise<IteratorResult<Delivery>> => {
        if (given < count) {
          given += 1;
          return Promise.resolve({ done: false, value: { event: queued(`e${given - 1}`), cursor: '', replayed: false, name: null } });
        }
        return fault === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(fault);
      },
      return: (): Promise<IteratorResult<Delivery>> => {
        source.ended = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  return source;
}

const masked = () => new Error('masked');
const idOf = ({ event }: Delivery) => event.id;

/** Both ways of delivering, over a source and with a way to make what is sent; `results` gets what was sent, `all` resolves at its end. */
const TRANSPORTS = [
  {
    name: 'over a socket',
    start: (source: AsyncIterable<Delivery>, make: (delivery: Delivery) => string) => {
      const results: string[] = [];
      const send = Object.assign(
        (payload: string) => {
          results.push(payload);
          return null;
        },
        { gather: () => undefined },
      );
      const deliveries = new SocketDeliveries(source, make, send, masked, new Turns());
      return { results, all: deliveries.next() };
    },
  },
  {
    name: 'as a stream of results',
    start: (source: AsyncIterable<Delivery>, make: (delivery: Delivery) => string) => {
      const results: string[] = [];
      const toResult = async (delivery: Delivery) => Promise.resolve({ data: { id: make(delivery) } });
      const all = (async () => {
        for await (const { data } of new DeliveryStream(source, toResult, masked)) results.push(String(data?.['id']));
      })();
      return { results, all };
    },
  },
];

describe.each(TRANSPORTS)('deliveries $name', ({ start }) => {
  it('come in order until the source ends', async () => {
    const { results, all } = start(sourceOf(3), idOf);
    await all;
    expect(results).toEqual(['e0', 'e1', 'e2']);
  });

  it('end with an error that a client may see when one cannot be made, and end their source', async () => {
    const source = sourceOf(3);
    const { results, all } = start(source, (delivery) => {
      if (delivery.event.id === 'e1') throw new TypeError('a secret');
      return delivery.event.id;
    });
    await expect(all).rejects.toThrow('masked');
    expect(results).toEqual(['e0']);
    expect(source.ended).toBe(true);
  });

  it('end with an error that a client may see when the source fails', async () => {
    const { results, all } = start(sourceOf(1, new TypeError('a secret')), idOf);
    await expect(all).rejects.toThrow('masked');
    expect(results).toEqual(['e0']);
  });

  it('end without a word when the client was too slow: its connection is closed', async () => {
    const { results, all } = start(sourceOf(1, new SlowConsumerError('too slow')), idOf);
    await all;
    expect(results).toEqual(['e0']);
  });
});
