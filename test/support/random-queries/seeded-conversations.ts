import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObservedProcess } from '../../integration/observed-process.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { createSigningKey } from '../../../src/simulator/webhook-sender/signing-key.js';
import type { Generation } from '../generations.js';
import { SECRET, signed } from '../tokens.js';
import { upstreamSettings } from '../upstream-settings.js';
import { Asker } from './asker.js';

/** In every text, name and value of what customers may not see. */
export const SECRET_MARK = 'not-for-customers';
/** The customer whose tokens the tests use. */
export const CUSTOMER_ID = 'customer-mia';
/** A conversation that only an event names. */
const UNLISTED = 'c-unlisted';
const PLAIN_CARD = { type: 'AdaptiveCard', version: '1.3', body: [{ type: 'TextBlock', text: 'Pick one' }] };
const ADAPTIVE = 'application/vnd.microsoft.card.adaptive';

export const ROLES = ['ANONYMOUS', 'CUSTOMER', 'CUSTOMER_BY_ID', 'SERVICE', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

const key = createSigningKey('random-queries');

/** The built gateway in a process of its own, over a simulated contact centre with conversations in all states. */
export class SeededGateway {
  /** Conversations of the customer, and of others. */
  own: readonly string[] = [];
  foreign: readonly string[] = [];

  private constructor(
    readonly generation: Generation,
    readonly simulator: Simulator,
    readonly process: ObservedProcess,
    readonly asker: Asker,
    private readonly directory: string,
  ) {}

  static async start(generation: Generation): Promise<SeededGateway> {
    const simulator = createSimulator({ agents: 'manual', generation: generation.name, signingKey: key });
    await simulator.listen();
    const directory = mkdtempSync(join(tmpdir(), 'random-queries-'));
    const process = new ObservedProcess({
      ...upstreamSettings(simulator),
      UPSTREAM: generation.name,
      ...(generation.name === 'chat-api-v2' ? { UPSTREAM_API_SECRET: simulator.apiSecret } : {}),
      EVENT_LOG: `file:${directory}`,
      AUTH: 'jwt',
      AUTH_SECRET: SECRET,
      RATE_LIMIT: 'off',
      CONNECTION_LIMIT: 'off',
      FEDERATION: 'true',
    });
    const { graphqlUrl, wsUrl, webhookUrl } = await process.line('listening');
    simulator.setWebhookUrl(String(webhookUrl));
    const seeded = new SeededGateway(generation, simulator, process, new Asker(String(graphqlUrl), String(wsUrl)), directory);
    await seeded.#seed(String(webhookUrl));
    await seeded.#issueTokens();
    return seeded;
  }

  async stop(): Promise<void> {
    this.asker.close();
    await this.process.dispose();
    await this.simulator.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** In the order: queued, active, transferred, ended, reopened. All but the first have messages, one with a file and a card. */
  async #seed(webhookUrl: string): Promise<void> {
    const { simulator } = this;
    const { centre, channelId, queueIds } = simulator;
    const create = (owner: string, text: string) =>
      centre.create({
        channelId,
        customer: {
          fields: { name: text, customerId: owner, userId: owner, language: 'en' },
          additionalProperties: [{ key: 'plan', value: text }],
        },
        history: [],
        assignment: null,
      }).id;
    const conversations = (owner: string, text: string) => {
      const [queued = '', active = '', transferred = '', ended = '', reopened = ''] = Array.from({ length: 5 }, () => create(owner, text));
      for (const id of [active, transferred, ended, reopened]) {
        centre.agentAccepts(id);
        centre.receive(id, { authorType: 'user', text: `${text} 1`, attachments: [], cards: [] });
        centre.agentSays(id, `${text} 2`);
      }
      const file = centre.files.add(centre.conversation(active), {
        fileName: `${text}.txt`,
        contentType: 'text/plain',
        chunks: [Buffer.from(text)],
      });
      const cards = [{ contentType: ADAPTIVE, content: PLAIN_CARD }];
      centre.agentSays(active, { text, attachments: [file], cards });
      centre.receive(active, { authorType: 'bot', text, attachments: [], cards });
      centre.agentTransfers(transferred, queueIds[1] ?? '');
      for (const id of [ended, reopened]) centre.agentLeaves(id);
      centre.receive(reopened, { authorType: 'user', text: `${text} again`, attachments: [], cards: [] });
      return [queued, active, transferred, ended, reopened];
    };
    this.own = conversations(CUSTOMER_ID, 'for the customer');
    this.foreign = conversations('somebody-else', SECRET_MARK);
    await simulator.webhookSender.settled();
    await simulator.webhookSender.postOnce(webhookUrl, randomUUID(), { ...this.generation.agentsWord(UNLISTED, SECRET_MARK) });
    this.foreign = [...this.foreign, UNLISTED];
  }

  async #issueTokens(): Promise<void> {
    const customer = { sub: 'mia', scope: 'chat:customer' };
    this.asker.tokens = {
      ANONYMOUS: null,
      CUSTOMER: await signed({ ...customer, conversations: this.own }),
      CUSTOMER_BY_ID: await signed({ ...customer, customer_id: CUSTOMER_ID }),
      SERVICE: await signed({ sub: 'bot', scope: 'chat:service' }),
      ADMIN: await signed({ sub: 'ada', scope: 'chat:admin' }),
    };
  }
}
