import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { EncodedResult } from '../../../../src/transport/websocket/encode-next-frame.js';
import type { ResultDelivery } from '../../../../src/transport/execution/result-delivery.js';
import { EVENT_STREAM, MULTIPART } from '../../../../src/transport/streaming/stream-format.js';
import { SubscriptionStream } from '../../../../src/transport/streaming/subscription-stream.js';
import { readAll } from '../../../support/read-all.js';

const NEVER_MS = 600_000;
const part = (json: string) => `\r\nContent-Type: application/json\r\n\r\n${json}\r\n--graphql`;
const PAYLOAD = new EncodedResult('{"data":{}}', 'c1');
const RESTARTING = { message: 'Restarting', extensions: { code: 'RESTARTING' } };

const opened: SubscriptionStream[] = [];
const open = (format = MULTIPART, heartbeatMs = NEVER_MS) => {
  const stream = new SubscriptionStream(format, heartbeatMs);
  opened.push(stream);
  return stream;
};
afterEach(() => {
  for (const stream of opened.splice(0)) stream.destroy();
});

/** A subscription whose bookmark is set by the test. */
function subscribed(stream: SubscriptionStream) {
  const delivery = { bookmark: 'b0' as string | null, stopped: false };
  stream.carry({
    get bookmark() {
      return delivery.bookmark;
    },
    start: () => undefined,
    stop: () => (delivery.stopped = true),
  } as unknown as ResultDelivery);
  return delivery;
}

describe.each([
  {
    ...{ name: 'multipart', format: MULTIPART, opening: '\r\n--graphql', beat: part('{}'), beatAt: () => part('{}') },
    ...{ result: part('{"payload":{"data":{}}}'), failure: part('{"payload":{"errors":[{"message":"no"}]}}'), end: '--\r\n' },
    goodbye: part('{"payload":null,"errors":[{"message":"Restarting","extensions":{"code":"RESTARTING","cursor":"b0"}}]}') + '--\r\n',
  },
  {
    ...{
      name: 'an event stream',
      format: EVENT_STREAM,
      opening: ':\n\n',
      beat: ':\n\n',
      beatAt: (cursor: string) => `:\nid: ${cursor}\n\n`,
    },
    ...{ result: 'id: c1\nevent: next\ndata: {"data":{}}\n\n', failure: 'event: next\ndata: {"errors":[{"message":"no"}]}\n\n' },
    end: 'event: complete\ndata:\n\n',
    goodbye:
      'event: next\ndata: {"errors":[{"message":"Restarting","extensions":{"code":"RESTARTING","cursor":"b0"}}]}\n\nevent: complete\ndata:\n\n',
  },
])('the body of $name', ({ format, opening, beat, beatAt, result, failure, end, goodbye }) => {
  it('begins with its opening alone, to which no heartbeat is added while nobody reads', async () => {
    const stream = open(format, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readAll(stream)).toBe(opening);
  });

  it('has a heartbeat where nothing else is sent, with the bookmark where it has moved', async () => {
    const stream = open(format, 1);
    const delivery = subscribed(stream);
    readAll(stream);
    const next = async () => {
      await once(stream, 'readable');
      return readAll(stream);
    };
    expect([await next(), await next()]).toEqual([beatAt('b0'), beat]);
    delivery.bookmark = 'b1';
    expect([await next(), await next()]).toEqual([beatAt('b1'), beat]);
    delivery.bookmark = null;
    expect(await next()).toBe(beat);
  });

  it('has a result once, and ends with the subscription', () => {
    const stream = open(format);
    expect(stream.send(PAYLOAD)).toBeNull();
    stream.end(null);
    expect(stream.send(PAYLOAD)).toBeNull();
    expect(readAll(stream)).toBe(opening + result + end);
  });

  it('ends with the error of a subscription that failed', () => {
    const stream = open(format);
    stream.end(new GraphQLError('no'));
    expect(readAll(stream)).toBe(opening + failure + end);
  });

  it('ends with the reason of a connection that ends, and the cursor to resume after', () => {
    const stream = open(format);
    const delivery = subscribed(stream);
    stream.endBecause(RESTARTING);
    expect(readAll(stream)).toBe(opening + goodbye);
    expect(delivery.stopped).toBe(true);
  });

  it('is the very same bytes for all', () => {
    expect(PAYLOAD.encoded(format.result)).toBe(PAYLOAD.encoded(format.result));
  });
});

it('waits for a client that does not read, and goes on when it does', async () => {
  const stream = open();
  const large = new EncodedResult(JSON.stringify('x'.repeat(65_536)));
  let taken = false;
  const sent = stream.send(large)?.then(() => (taken = true));
  await nextTurn();
  expect([sent !== undefined, taken]).toEqual([true, false]);
  stream.resume();
  await sent;
});

it('stops the subscription of a client that leaves, also one that begins only then', () => {
  const stream = open();
  const before = subscribed(stream);
  stream.destroy();
  expect(before.stopped).toBe(true);
  expect(subscribed(stream).stopped).toBe(true);
});
