import { SlowConsumerError } from '../../../src/context.js';
import type { Deliveries, Delivery } from '../../../src/context.js';
import { StoredThenLive, replayOf } from '../../../src/events/log-subscription.js';
import { DeliveryStream } from '../../../src/transport/delivery-stream.js';
import { Payload } from '../../../src/transport/next-messages.js';
import { SocketDeliveries } from '../../../src/transport/socket-deliveries.js';
import { Turns } from '../../../src/transport/turns.js';
import { queued } from '../../contract/event-log/sample-events.js';

/** Events e0, e1, … and then the end, or `fault`. Tells whether it was ended. */
function sourceOf(count: number, fault?: Error) {
  const events = Array.from({ length: count }, (_, n) => ({ event: queued(`e${n}`), cursor: `at e${n}`, name: null }));
  const told = { ended: false };
  const subscription = new StoredThenLive({
    cursor: 'start',
    types: null,
    queueLimit: 10,
    readPage: (after, { taken, failed }) => {
      if (after === 'start') taken(replayOf({ events, hasMore: true }));
      else if (fault !== undefined) failed(fault);
      else subscription.end();
    },
    onEnd: () => (told.ended = true),
  });
  void subscription.begin();
  return { subscription, told };
}

const masked = () => new Error('masked');
const idOf = ({ event }: Delivery) => event.id;

/** Both ways of delivering, over a source and with a way to make what is sent; `results` gets what was sent, `all` resolves at its end. */
const TRANSPORTS = [
  {
    name: 'over a socket',
    start: (source: Deliveries, make: (delivery: Delivery) => string) => {
      const results: string[] = [];
      const send = (payload: Payload) => {
        results.push(payload.json);
        return null;
      };
      const deliveries = new SocketDeliveries(source, (delivery) => new Payload(make(delivery)), send, masked, new Turns());
      return { results, all: deliveries.next() };
    },
  },
  {
    name: 'as a stream of results',
    start: (source: Deliveries, make: (delivery: Delivery) => string) => {
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
    const { results, all } = start(sourceOf(3).subscription, idOf);
    await all;
    expect(results).toEqual(['e0', 'e1', 'e2']);
  });

  it('end with an error that a client may see when one cannot be made, and end their source', async () => {
    const { subscription, told } = sourceOf(3);
    const { results, all } = start(subscription, (delivery) => {
      if (delivery.event.id === 'e1') throw new TypeError('a secret');
      return delivery.event.id;
    });
    await expect(all).rejects.toThrow('masked');
    expect(results).toEqual(['e0']);
    expect(told.ended).toBe(true);
  });

  it('end with an error that a client may see when the source fails', async () => {
    const { results, all } = start(sourceOf(1, new TypeError('a secret')).subscription, idOf);
    await expect(all).rejects.toThrow('masked');
    expect(results).toEqual(['e0']);
  });

  it('end without a word when the client was too slow: its connection is closed', async () => {
    const { results, all } = start(sourceOf(1, new SlowConsumerError('too slow')).subscription, idOf);
    await all;
    expect(results).toEqual(['e0']);
  });
});
