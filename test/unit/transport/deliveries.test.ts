import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { SlowConsumerError } from '../../../src/events/port/errors.js';
import type { Deliveries } from '../../../src/events/port/log-subscription.js';
import type { Delivery } from '../../../src/events/port/stored-event.js';
import { CatchUpSubscription, toReplayPage } from '../../../src/events/delivery/catch-up-subscription.js';
import { EncodedResult } from '../../../src/transport/websocket/encode-next-frame.js';
import { ResultDelivery } from '../../../src/transport/execution/result-delivery.js';
import { FairScheduler } from '../../../src/transport/scheduling/fair-scheduler.js';
import { untilTrue } from '../../support/until.js';
import { queued } from '../../contract/event-log/sample-events.js';

/** Events e0, e1, … and then the end, or `fault`. Returns whether it was ended. */
function sourceOf(count: number, fault?: Error) {
  const events = Array.from({ length: count }, (_, n) => ({ event: queued(`e${n}`), cursor: `at e${n}`, identity: null }));
  const state = { ended: false };
  const subscription = new CatchUpSubscription({
    cursor: 'start',
    types: null,
    queueLimit: 10,
    readPage: (after, { resolve, reject }) => {
      if (after === 'start') resolve(toReplayPage({ events, hasMore: true, upTo: events.at(-1)?.cursor ?? 'start' }));
      else if (fault !== undefined) reject(fault);
      else subscription.end();
    },
    onEnd: () => (state.ended = true),
  });
  void subscription.start();
  return { subscription, state };
}

const idOf = ({ event }: Delivery) => event.id;

/** Carries a source; `results` gets what was sent, `end` resolves with its end. */
function carry(source: Deliveries, make: (delivery: Delivery) => string) {
  const results: string[] = [];
  let delivery: ResultDelivery | undefined;
  const end = new Promise<GraphQLError | null>((resolve) => {
    const send = (payload: EncodedResult) => {
      results.push(payload.json);
      return null;
    };
    const how = {
      toPayload: (one: Delivery) => new EncodedResult(make(one)),
      toError: () => new GraphQLError('masked'),
      scheduler: new FairScheduler(),
    };
    delivery = new ResultDelivery(source, how, { send, end: resolve });
    delivery.start();
  });
  return { results, end, delivery };
}

describe('the results of a subscription', () => {
  it('come in order until the source ends', async () => {
    const { results, end } = carry(sourceOf(3).subscription, idOf);
    expect(await end).toBeNull();
    expect(results).toEqual(['e0', 'e1', 'e2']);
  });

  it('end with an error that a client may see when one cannot be made, and end their source', async () => {
    const { subscription, state } = sourceOf(3);
    const { results, end } = carry(subscription, (delivery) => {
      if (delivery.event.id === 'e1') throw new TypeError('a secret');
      return delivery.event.id;
    });
    expect(await end).toEqual(new GraphQLError('masked'));
    expect(results).toEqual(['e0']);
    expect(state.ended).toBe(true);
  });

  it('end with an error that a client may see when the source fails', async () => {
    const { results, end } = carry(sourceOf(1, new TypeError('a secret')).subscription, idOf);
    expect(await end).toEqual(new GraphQLError('masked'));
    expect(results).toEqual(['e0']);
  });

  it('end without a word when the client was too slow: its connection is closed', async () => {
    const { subscription, state } = sourceOf(1, new SlowConsumerError('too slow'));
    const { results, end } = carry(subscription, idOf);
    await untilTrue(() => state.ended);
    expect(results).toEqual(['e0']);
    expect(await Promise.race([end, nextTurn('nothing')])).toBe('nothing');
  });

  it('end immediately when the client completes, which gets no further message', async () => {
    const { subscription, state } = sourceOf(3);
    const { results, end, delivery } = carry(subscription, idOf);
    delivery?.stop();
    expect(state.ended).toBe(true);
    expect(await Promise.race([end, nextTurn('nothing')])).toBe('nothing');
    expect(results).toEqual([]);
  });
});
