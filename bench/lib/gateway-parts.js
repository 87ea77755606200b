// The gateway's own parts, as built, for servers that put them together in another way.
import { Tickets } from '../../build/auth/tickets.js';
import { EVERYONE_IS_ADMIN } from '../../build/auth/viewer.js';
import { KnownChannels } from '../../build/context/known-channels.js';
import { KnownConversations } from '../../build/context/known-conversations.js';
import { RequestContext } from '../../build/context/request-context.js';
import { ChatGatewayV1 } from '../../build/datasources/chat-gateway-v1/chat-gateway-v1.js';
import { openSqliteLog } from '../../build/events/sqlite/open.js';
import { MessageHistory } from '../../build/events/history/message-history.js';
import { IdempotentExecutor } from '../../build/events/jobs/idempotent-executor.js';
import { Projections } from '../../build/events/history/projections.js';
import { InMemoryTypingStore } from '../../build/events/port/typing-store.js';
import { buildSchema } from '../../build/resolvers/build-schema.js';

const TICKET_KEY = Buffer.alloc(32);

/** The schema and what its resolvers work with, over the upstream that the settings name and a log in `directory`. */
export async function servicesFor({ UPSTREAM_URL, UPSTREAM_API_KEY, UPSTREAM_TENANT }, directory) {
  const clock = Date.now;
  const api = new ChatGatewayV1({ baseUrl: UPSTREAM_URL, apiKey: UPSTREAM_API_KEY, tenant: UPSTREAM_TENANT, clock });
  const log = await openSqliteLog({ directory, clock });
  const channels = new KnownChannels(clock);
  const services = {
    api,
    log,
    clock,
    history: new MessageHistory(log, clock, true),
    healer: null,
    projections: new Projections(log),
    typing: new InMemoryTypingStore(clock),
    presence: null,
    known: new KnownConversations(channels),
    channels,
    tickets: new Tickets(() => TICKET_KEY, clock),
    publicUrl: () => '',
    customerTokens: null,
    idempotency: new IdempotentExecutor(log.requests),
    echoes: null,
    requestTimeoutMs: 30_000,
    bytesInFlight: null,
    version: 'bench',
  };
  return {
    schema: buildSchema(),
    services,
    contextOf: (requestId) => new RequestContext(services, { viewer: EVERYONE_IS_ADMIN, requestId: String(requestId) }),
  };
}
