// A contact centre in a process of its own, on which nothing of the gateway's code runs: it serves its signing key and its conversations, and posts signed events
// until each of them is acknowledged, keeping its own ledger. Driven over IPC by `contact-centre-process.ts`, where the messages are described.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

const KID = 'key-1';
const [TENANT, CUSTOMER] = process.argv.slice(2);
const MAKE_EVERY_MS = 5;
/** How long a lane rests after a try that failed: the gateway may be down, and is not to be stormed. */
const RESEND_AFTER_MS = 200;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const base64url = (text) => Buffer.from(text).toString('base64url');
const JWS_HEADER = base64url(JSON.stringify({ b64: false, crit: ['b64'], kid: KID, alg: 'RS256' }));

/** The headers of one try, signed as the vendor signs: over a text that names the body by its CRC32. */
function headersOf({ eventId, body, tries: retry }) {
  const tt = Date.now();
  const payload = `{"checksum":${crc32(body)},"cid":"${CUSTOMER}","eid":"${eventId}","retry":${retry},"tid":"${TENANT}","tt":${tt}}`;
  const signature = sign('sha256', Buffer.from(`${JWS_HEADER}.${payload}`), privateKey).toString('base64url');
  return {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-8x8-tenant-id': TENANT,
    'x-8x8-customer-id': CUSTOMER,
    'x-8x8-event-id': eventId,
    'x-8x8-transmission-time': String(tt),
    'x-8x8-retry': String(retry),
    'x-8x8-signature': `${JWS_HEADER}..${signature}`,
  };
}

/** The status of the answer, or null when none came. */
function post(url, agent, event) {
  return new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', agent, headers: event.headers }, (response) => {
      response.resume().on('error', () => resolve(null));
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', () => resolve(null));
    request.end(event.body);
  });
}

const message = (n) => ({
  eventType: 'MESSAGE',
  data: { isEcho: false, sender: { id: 'a1', type: 'agent' }, text: `message ${n}`, attachments: [], cards: [] },
});
const END = { eventType: 'ACTIVITY', data: { name: 'end', value: null } };

/** One order to post events. Reports a ledger when all are acknowledged, the last of each conversation being its `end`. */
class Delivery {
  #agent;
  #queue = [];
  #inFlight = 0;
  #ledger = [];
  #tries = 0;
  #answers = {};
  #startedAt = performance.now();
  #postedMs = null;
  #timer = null;
  #over = null;

  constructor(order) {
    this.order = order;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: order.lanes });
  }

  async run() {
    const { perSecond, total } = this.order;
    if (perSecond === null) {
      this.#make(total);
      this.finish();
    } else {
      this.#timer = setInterval(
        () => this.#make(Math.min(Math.floor((this.#elapsedMs() * perSecond) / 1000), this.#most())),
        MAKE_EVERY_MS,
      );
    }
    await this.#settled();
    for (const conversationId of this.order.conversationIds) this.#add(conversationId, END);
    await this.#settled();
    this.#agent.destroy();
    return {
      events: this.#ledger.map(({ eventId, conversationId }) => ({ eventId, conversationId })),
      tries: this.#tries,
      answers: this.#answers,
      postedMs: this.#postedMs,
    };
  }

  /** No more events after those made so far. */
  finish() {
    clearInterval(this.#timer);
    this.#postedMs = this.#elapsedMs();
    if (this.#inFlight === 0 && this.#queue.length === 0) this.#over?.();
  }

  /** How many events there may be by now: a queue that grows while everything is down would be in the way long after. */
  #most() {
    return this.#ledger.length + Math.max(0, (this.order.mostQueued ?? Infinity) - this.#queue.length);
  }

  #elapsedMs() {
    return performance.now() - this.#startedAt;
  }

  /** Resolves when there is nothing left to post and nothing more will be made. */
  #settled() {
    return new Promise((resolve) => (this.#over = resolve));
  }

  /** Makes events until there are `count`, over all conversations in turn. */
  #make(count) {
    const { conversationIds } = this.order;
    for (let n = this.#ledger.length; n < count; n += 1) this.#add(conversationIds[n % conversationIds.length], message(n));
  }

  #add(conversationId, { eventType, data }) {
    const body = Buffer.from(JSON.stringify({ eventType, conversationId, timestamp: Date.now(), data }));
    const event = { eventId: randomUUID(), conversationId, body, tries: 0 };
    // Not when it is posted: signing takes longer than posting, and would keep the requests apart.
    event.headers = headersOf(event);
    this.#ledger.push(event);
    this.#queue.push(event);
    this.#pump();
  }

  #pump() {
    while (this.#inFlight < this.order.lanes && this.#queue.length > 0) {
      this.#inFlight += 1;
      void this.#try(this.#queue.shift());
    }
  }

  async #try(event) {
    event.tries += 1;
    this.#tries += 1;
    const urls = [this.order.webhookUrl, ...(this.order.otherWebhookUrls ?? [])];
    const status = await post(urls[Math.floor(Math.random() * urls.length)], this.#agent, event);
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status === null || status >= 300) {
      await pause(RESEND_AFTER_MS);
      event.headers = headersOf(event);
      this.#queue.push(event);
    }
    this.#inFlight -= 1;
    this.#pump();
    if (this.#postedMs !== null && this.#inFlight === 0) this.#over?.();
  }
}

const upstream = http.createServer(({ url }, response) => {
  const path = url.replace('/chat-gateway/v1', '');
  const conversationId = /^\/conversations\/([^/?]+)$/.exec(path)?.[1];
  const jwk = path === `/jwk/${KID}/public` ? { ...publicKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' } : null;
  const found = conversationId === undefined ? jwk : { id: conversationId, channelId: 'channel-1', state: 'active' };
  response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
});

let delivery = null;
process.on('message', ({ order }) => {
  if (order === 'finish') {
    delivery.finish();
  } else {
    delivery = new Delivery(order);
    delivery.run().then((ledger) => process.send({ ledger }));
  }
});
process.on('disconnect', () => process.exit());
upstream.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${upstream.address().port}` }));
