import { DEFAULT_AGENT_DELAYS, ScriptedAgents } from './agents/scripted-agents.js';
import type { FastifyInstance } from 'fastify';
import { HoldPoints } from './hold-points.js';
import type { CallRecord } from './call-log.js';
import { ContactCentre } from './centre/contact-centre.js';
import { CHAT_GATEWAY_EVENTS, createDemoDirectory } from './centre/demo-directory.js';
import type { CentreEvent } from './centre/centre-event.js';
import type { ChatApiAccount } from './chat-api-v2/access.js';
import { tokenRoute } from './chat-api-v2/access.js';
import { chatApiEvent } from './chat-api-v2/events.js';
import { CHAT_API_EVENTS } from './chat-api-v2/requests.js';
import { chatApiRoutes } from './chat-api-v2/routes.js';
import { TokenIssuer } from './chat-api-v2/token-issuer.js';
import { cardActionRoutes } from './chat-gateway-v1/card-action-routes.js';
import { chatGatewayEvent } from './chat-gateway-v1/events.js';
import { chatGatewayRoutes } from './chat-gateway-v1/routes.js';
import { controlRoutes } from './control/control-routes.js';
import { WebhookSender, DEFAULT_RETRY_DELAYS_MS } from './webhook-sender/webhook-sender.js';
import { createSigningKey } from './webhook-sender/signing-key.js';
import { injectFaults } from './faults/inject-faults.js';
import { Faults } from './faults/faults.js';
import { fileRoutes } from './http/file-routes.js';
import { addScope } from './http/scope.js';
import { commitBeforeReplies, createHttpServer, observe } from './http/server.js';
import type { SimulatorOptions } from './options.js';
import { Schedule } from './schedule.js';
import { NO_JOURNAL } from './state/journal.js';
import type { Journal } from './state/journal.js';
import { OwnWebhooks } from './state/own-webhooks.js';
import { restoreConversations, restoreDirectory } from './state/restore.js';
import type { NewId } from './random-id.js';
import { createNewId, systemRandom } from './random-id.js';
import { createTimers } from './timers.js';

/** A simulated contact centre with its REST API, its webhook events and its agents, like the vendor's, that tests can drive. */
export interface Simulator {
  /** Listens on 127.0.0.1, by default on a free port. Resolves with `url`. */
  listen(port?: number): Promise<string>;
  /** Its base URL, without a path. @throws Error before `listen` has resolved. */
  readonly url: string;
  /** Closes all connections, releases all holds and cancels all timers. */
  close(): Promise<void>;
  readonly apiKey: string;
  /** Chat API v2 issues tokens for the key and this secret, and names the region in its paths. */
  readonly apiSecret: string;
  readonly region: 'us';
  /** The access tokens of Chat API v2. */
  readonly tokens: TokenIssuer;
  readonly tenantId: string;
  readonly customerId: string;
  /** The first of `channelIds`. */
  readonly channelId: string;
  readonly channelIds: readonly string[];
  /** `queueIds[0]` is the queue of `channelId`. */
  readonly queueIds: readonly string[];
  /** Plays the agents and shows the state. */
  readonly centre: ContactCentre;
  /** Sends events to webhooks and logs each delivery. */
  readonly webhookSender: WebhookSender;
  readonly holdPoints: HoldPoints;
  /** Random fault injection; off by default. */
  readonly faults: Faults;
  /** Every REST call so far, except those to `/_sim`; may be emptied. */
  readonly calls: CallRecord[];
  /** The address that the simulator sends events to from now on, including those that are being retried. Webhooks that were created with another one keep it. */
  setWebhookUrl(url: string): void;
}

/** Creates a simulator. The signing key is generated in the background. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { clock = Date.now, random = systemRandom, timers = createTimers() } = options;
  const newId = createNewId(random);
  const account = {
    apiKey: options.apiKey ?? newId(),
    apiSecret: options.apiSecret ?? newId(),
    region: 'us',
    tenantId: options.tenantId ?? 'acme01',
    customerId: options.customerId ?? 'acme',
  } as const satisfies ChatApiAccount;
  const tokens = new TokenIssuer(newId, clock, options.tokenLifetimeSeconds ?? 3_600);
  const server = createHttpServer();
  const faults = new Faults(options.faults ?? {}, random, timers);
  const baseUrl = (): string => {
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('the simulator is not listening');
    return `http://127.0.0.1:${address.port}`;
  };
  const fileUrl = (token: string): string => `${baseUrl()}/files/${token}`;
  const { state, webhookUrl = null } = options;
  const journal: Journal = state ?? NO_JOURNAL;
  const eventFormat = options.generation === 'chat-api-v2' ? CHAT_API_EVENTS : CHAT_GATEWAY_EVENTS;
  const saved = state === undefined ? null : restoreDirectory(state, { uri: webhookUrl, version: eventFormat });
  const directory = saved ?? createDemoDirectory(newId, webhookUrl, eventFormat);
  const schedule = new Schedule({ timers, clock, newId, journal });
  const centre = new ContactCentre({ directory, clock, newId, schedule, journal, routingMs: options.routingMs ?? 0, fileUrl });
  const holdPoints = new HoldPoints();
  const key = options.signingKey ?? createSigningKey(newId());
  const webhookSender = new WebhookSender({
    ...account,
    key,
    clock,
    timers,
    journal,
    holdPoints,
    faults,
    findUri: (webhookId) => directory.webhook(webhookId).uri,
    retryDelaysMs: options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS,
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
  });
  sendCentreEvents(centre, webhookSender, newId, options.eventSkewMs ?? 0);
  if (options.agents !== 'manual') {
    new ScriptedAgents({ centre, schedule, random, delays: { ...DEFAULT_AGENT_DELAYS, ...options.agentDelays } });
  }
  commitBeforeReplies(server, journal, () => {
    ownWebhooks.recordDirectory();
  });
  injectFaults(server, faults);
  const calls: CallRecord[] = [];
  let unfinished = state === undefined ? null : restoreConversations(state, centre, fileUrl);
  const ownWebhooks = new OwnWebhooks(directory, journal, webhookUrl);
  const resume = (): void => {
    const { tasks = [], deliveries = [] } = unfinished ?? {};
    unfinished = null;
    schedule.restore(tasks);
    webhookSender.restore(deliveries);
  };
  const setWebhookUrl = (url: string): void => {
    ownWebhooks.move(url);
    resume();
  };
  const serve = (prefix: string, addRoutes: (scope: FastifyInstance) => void): void => {
    addScope(server, prefix, addRoutes);
  };
  const verifyAddress = (uri: string, body: Readonly<Record<string, unknown>>) => webhookSender.postOnce(uri, newId(), body);
  serve('/chat-gateway/v1', (scope) => {
    observe(scope, calls, holdPoints);
    chatGatewayRoutes(scope, { centre, account, key, newId, verifyAddress });
  });
  serve('/api/v1/tenant', (scope) => {
    observe(scope, calls, holdPoints);
    cardActionRoutes(scope, { centre, account, newId });
  });
  serve('/oauth/v2', (scope) => {
    observe(scope, calls, holdPoints);
    tokenRoute(scope, account, tokens);
  });
  serve(`/vcc/${account.region}/chat/v2`, (scope) => {
    observe(scope, calls, holdPoints);
    chatApiRoutes(scope, { centre, account, tokens, key, newId, verifyAddress });
  });
  serve('/files', (scope) => {
    fileRoutes(scope, centre.files);
  });
  serve('/_sim', (scope) => {
    controlRoutes(scope, { centre, webhookSender, faults, setWebhookUrl });
  });

  const channelIds = [...directory.channels.keys()];
  return {
    ...account,
    tokens,
    channelId: channelIds[0] ?? '',
    channelIds,
    queueIds: [...directory.queues.keys()],
    centre,
    webhookSender,
    holdPoints,
    faults,
    calls,
    setWebhookUrl,
    async listen(port = 0) {
      const url = await server.listen({ port, host: '127.0.0.1' });
      // Else once there is an address to send to.
      if (webhookUrl !== null) resume();
      return url;
    },
    get url() {
      return baseUrl();
    },
    async close() {
      timers.close();
      webhookSender.close();
      holdPoints.releaseAll();
      await server.close();
      state?.close();
      // A key that is still being generated would keep the process alive.
      await key.publicJwk;
    },
  };
}

/** Sends each event in the format of the channel's webhook. */
function sendCentreEvents(
  centre: ContactCentre,
  webhookSender: WebhookSender,
  newId: NewId,
  skewMs: NonNullable<SimulatorOptions['eventSkewMs']>,
): void {
  centre.onEvent((event: CentreEvent) => {
    // A conversation outlives its channel; its events then have no receiver.
    const webhookId = centre.directory.channels.get(event.channelId)?.webhookId;
    if (webhookId === undefined) return;
    const { directory } = centre;
    const skew = typeof skewMs === 'number' ? skewMs : skewMs(event);
    const isOld = directory.webhook(webhookId).version === CHAT_API_EVENTS;
    const body = isOld ? chatApiEvent(event, skew, (id) => directory.agent(id).name) : chatGatewayEvent(event, skew);
    if (body === null) return;
    webhookSender.send({ eventId: newId(), eventType: body.eventType, conversationId: body.conversationId, webhookId, body });
  });
}
