// Webhook requests, signed like the contact centre's, created before the measurement: signing costs many times as much as verifying.
import { createPrivateKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { requestBytes } from './http-load.js';
import { nowMs } from './feed.js';

const signAsync = promisify(sign);
const HEADER = Buffer.from(JSON.stringify({ b64: false, crit: ['b64'], kid: 'bench-key', alg: 'RS256' })).toString('base64url');
let made = 0;

const TEXT = 'A message as long as people write when they describe what went wrong with their order.';

/** A message event. `content`: its conversation, and of what follows what is to be different. */
const bodyOf = ({ conversationId, timestamp = Date.now(), text = TEXT, sender = { id: 'user', type: 'user' } }) =>
  Buffer.from(
    JSON.stringify({
      eventType: 'MESSAGE',
      notificationVersion: 'Chat Gateway v1.0',
      conversationId,
      timestamp,
      data: { sender, text, isEcho: true, attachments: [], cards: [] },
    }),
  );

/** `count` requests to `port`, for conversations `t0` … round-robin, or for what `contentOf(n)` says of each. Each event is unique. */
export async function signedWebhooks(
  count,
  {
    port,
    privateKey,
    conversations,
    topic = 't',
    tenant = 'tenant',
    customer = 'customer',
    contentOf = (n) => ({ conversationId: `${topic}${n % conversations}` }),
  },
) {
  const key = createPrivateKey(privateKey);
  const requests = [];
  for (let n = 0; n < count; n += 64) {
    const some = Array.from({ length: Math.min(64, count - n) }, async (_, m) => {
      const eventId = `w${process.pid}${threadId}-${(made += 1)}`;
      const body = bodyOf(contentOf(n + m));
      const time = Date.now();
      const payload = JSON.stringify({ checksum: crc32(body), cid: customer, eid: eventId, retry: 0, tid: tenant, tt: time });
      const signature = await signAsync('RSA-SHA256', Buffer.from(`${HEADER}.${payload}`), key);
      return {
        eventId,
        bytes: requestBytes({
          path: '/webhooks/8x8',
          host: `127.0.0.1:${port}`,
          headers: headersOf({ eventId, time, tenant, customer, signature }),
          body,
        }),
      };
    });
    requests.push(...(await Promise.all(some)));
  }
  return requests;
}

const headersOf = ({ eventId, time, tenant, customer, signature }) => ({
  'content-type': 'application/json',
  'x-8x8-tenant-id': tenant,
  'x-8x8-customer-id': customer,
  'x-8x8-event-id': eventId,
  'x-8x8-transmission-time': String(time),
  'x-8x8-retry': '0',
  'x-8x8-signature': `${HEADER}..${signature.toString('base64url')}`,
});

/** Records when each event was sent, and its latency to the subscriber. */
export class Journeys {
  #sentAt = new Map();
  latencies = [];

  sent(eventId) {
    this.#sentAt.set(eventId, nowMs());
  }

  onNext = (body) => {
    const at = nowMs();
    const [, eventId] = /"id":"(w\d+-\d+)"/.exec(body.latin1Slice()) ?? [];
    const sentAt = this.#sentAt.get(eventId);
    if (sentAt === undefined) throw new Error(`no event that was sent: ${body.toString().slice(0, 300)}`);
    this.#sentAt.delete(eventId);
    this.latencies.push(at - sentAt);
  };

  get due() {
    return this.#sentAt.size;
  }
}
