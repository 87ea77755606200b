import { setTimeout as pause } from 'node:timers/promises';
import { IMPORT_MARGIN_MS } from '../../../src/domain/healing.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import type { RunningGateway } from '../../support/running-gateway.js';

interface Story {
  readonly state: string;
  readonly interactions: readonly Record<string, unknown>[];
}

const STORY = `query ($id: ID!) {
  conversation(id: $id) {
    state
    interactions(first: 20) {
      nodes {
        interactionId startedAt endedAt transferCount waitSeconds handleSeconds firstResponseSeconds
        queues { queue { queueId } queuedAt }
        handledBy { agent { agentId } joinedAt leftAt }
      }
    }
  }
}`;
const IDS = `query ($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { id } } } }`;

/** Conversations at a simulated contact centre, which go on whatever becomes of their webhooks. */
export class Work {
  /** Of all conversations, as the contact centre has them. */
  messages = 0;
  readonly #ended = new Set<string>();

  private constructor(
    private readonly simulator: Simulator,
    readonly conversationIds: readonly string[],
  ) {}

  /** Every conversation has an agent, and its events have arrived. */
  static async begin({ simulator }: RunningGateway, count: number): Promise<Work> {
    const customer = { fields: { name: 'Mia' }, metadata: {}, additionalProperties: [] };
    const ids = Array.from({ length: count }, () => {
      const { id } = simulator.centre.create({ channelId: simulator.channelId, customer, assignment: null, history: [] });
      simulator.centre.agentAccepts(id);
      return id;
    });
    await simulator.webhookSender.settled();
    // Earlier messages may belong to the history that a conversation was created with.
    await pause(IMPORT_MARGIN_MS);
    return new Work(simulator, ids);
  }

  /** How many interactions have ended. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Agents and customers say something in every conversation; some end then. */
  async goOn(phase: string, { someEnd = false } = {}): Promise<void> {
    const { centre, webhookSender } = this.simulator;
    for (const [index, id] of this.conversationIds.entries()) {
      for (const text of [`${phase} ${index}`, 'yes', 'yes']) {
        centre.agentSays(id, text);
        centre.receive(id, { authorType: 'user', text, attachments: [], cards: [] });
        this.messages += 2;
      }
      if (someEnd && index % 4 === 0) {
        centre.agentLeaves(id);
        this.#ended.add(id);
      }
    }
    await webhookSender.settled();
  }

  /** The events that were never delivered. */
  dropped() {
    return this.simulator.webhookSender.deliveries().filter(({ state }) => state === 'failed');
  }

  /** Delivers every event so far to a gateway, in order. */
  async deliverAll(gateway: RunningGateway): Promise<void> {
    await this.#deliver(gateway, this.simulator.webhookSender.deliveries());
  }

  deliverDropped(gateway: RunningGateway): Promise<readonly (number | undefined)[]> {
    return this.#deliver(gateway, this.dropped());
  }

  async listedIds(gateway: RunningGateway, id: string): Promise<readonly string[]> {
    return (await ask(gateway, IDS, id)).messages.nodes.map((node) => node.id);
  }

  async story(gateway: RunningGateway, id: string): Promise<Story> {
    const { state, interactions } = await ask(gateway, STORY, id);
    return { state, interactions: interactions.nodes };
  }

  async #deliver(gateway: RunningGateway, deliveries: ReturnType<Simulator['webhookSender']['deliveries']>) {
    const statuses: (number | undefined)[] = [];
    for (const { eventId, body } of deliveries) {
      statuses.push((await this.simulator.webhookSender.postOnce(gateway.addresses.webhookUrl, eventId, body)).status);
    }
    return statuses;
  }
}

interface Asked {
  readonly state: string;
  readonly messages: { readonly nodes: readonly { readonly id: string }[] };
  readonly interactions: { readonly nodes: readonly Record<string, unknown>[] };
}

async function ask(gateway: RunningGateway, query: string, id: string): Promise<Asked> {
  const { data, errors } = await gateway.post<{ conversation: Asked | null }>({ query, variables: { id } });
  if (errors.length > 0 || !data?.conversation) throw new Error(`no conversation: ${JSON.stringify(errors)}`);
  return data.conversation;
}
