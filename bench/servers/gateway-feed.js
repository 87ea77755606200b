// The gateway's own delivery, from the log's hand-over to the sockets, with a store that keeps nothing: neither webhooks nor the disk are measured. To be bundled.
import { createServer } from 'node:http';
import { createSqliteEventLog } from '../../build/events/sqlite/create-sqlite-event-log.js';
import { UsedTickets } from '../../build/auth/tickets.js';
import { InMemoryTypingStore } from '../../build/events/port/typing-store.js';
import { createGateway } from '../../build/gateway.js';
import { RateLimitsInMemory } from '../../build/transport/limits/rate-limits-in-memory.js';
import { readConfig } from '../../build/config.js';
import { serveFeed } from '../lib/feed.js';

const quiet = { debug() {}, info() {}, warn() {}, error: (fields, message) => console.error(message, fields) };
let seq = 0;
const NAME = { listedId: null, clientMessageId: null };
const store = {
  isClosed: false,
  currentError: () => null,
  call(name, input, outcome) {
    if (name === 'append') outcome.resolve({ seq: (seq += 1), identity: { id: `e${input.id}`, ...NAME }, duplicate: false, json: null });
    else if (name === 'readPage') outcome.resolve({ events: [], hasMore: false });
    else outcome.reject(new Error(`the feed's store cannot ${name}`));
  },
  ask(name, input) {
    if (name === 'eventsMissingFromHistory') return Promise.resolve({ messages: [], knownFrom: Infinity });
    return new Promise((resolve, reject) => this.call(name, input, { resolve, reject }));
  },
  // Nothing is stored, so nothing is expired or found.
  askInBackground: (name) => Promise.resolve(name === 'activeSince' ? { conversationIds: [], next: null } : { changed: 0, done: true }),
  close: () => Promise.resolve(),
};
const log = createSqliteEventLog({
  store,
  opened: { epoch: 'bench', head: 0 },
  clock: Date.now,
  queueLimit: 1_024,
  holds: { close: () => Promise.resolve() },
});
const subscriptions = new Map();
const subscribe = log.subscribe.bind(log);
log.subscribe = async (scope, options) => {
  const subscription = await subscribe(scope, options);
  const { conversationId } = scope;
  if (!subscriptions.has(conversationId)) subscriptions.set(conversationId, []);
  subscriptions.get(conversationId).push(subscription);
  return subscription;
};
const TICKET_KEY = Buffer.alloc(32);
const clock = Date.now;
const stores = {
  log,
  typing: new InMemoryTypingStore(clock),
  rateLimits: new RateLimitsInMemory(clock),
  usedTickets: new UsedTickets(clock),
  ticketKey: () => TICKET_KEY,
};
const gateway = await createGateway(readConfig(process.env), { logger: quiet, stores });
const { wsUrl, graphqlUrl } = await gateway.listen();

const publish = (conversationId, id) => {
  const now = new Date();
  const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null };
  const text = 'A message as long as people write when they describe what went wrong with their order.';
  const message = { author, text, attachments: [], cards: [] };
  void log.append({
    id,
    type: 'MESSAGE_ADDED',
    conversationId,
    occurredAt: now,
    receivedAt: now,
    source: 'GATEWAY',
    data: { message, isEcho: true },
  });
};
// As raw ws does: only what waits for the topic's own clients.
const unsent = (topic) => ((subscriptions.get(topic) ?? []).some(({ queued }) => queued > 256) ? Infinity : 0);
const feed = createServer(serveFeed({ publish, unsent }));
feed.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ msg: 'listening', wsUrl, graphqlUrl, feedPort: feed.address().port })));
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
