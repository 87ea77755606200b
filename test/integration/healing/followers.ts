import { ConversationEventsDocument } from '../../operations/operations.generated.js';
import type { ConversationEventsSubscription } from '../../operations/operations.generated.js';
import type { Results, RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';

/** A subscriber to each conversation, at one gateway after the other, which resumes after the last cursor it received. */
export class Followers {
  readonly #cursors = new Map<string, string>();
  readonly #messages = new Map<string, string[]>();
  readonly #events = new Set<string>();
  #running: Results<ConversationEventsSubscription>[] = [];
  /** Ids of events and messages that were delivered a second time. */
  readonly repeats: string[] = [];
  /** How many interactions have ended. */
  ended = 0;

  private constructor(
    private readonly gateways: readonly RunningGateway[],
    private readonly conversationIds: readonly string[],
  ) {}

  static async start(gateways: readonly RunningGateway[], conversationIds: readonly string[]): Promise<Followers> {
    const followers = new Followers(gateways, conversationIds);
    await Promise.all(
      conversationIds.map(async (id) => {
        const query = 'query ($id: ID!) { conversation(id: $id) { latestCursor } }';
        const { data } = await followers.#gatewayOf(id).post<{ conversation: { latestCursor: string } }>({ query, variables: { id } });
        followers.#cursors.set(id, data?.conversation.latestCursor ?? '');
      }),
    );
    await followers.resume();
    return followers;
  }

  /** How many messages were delivered. */
  get count(): number {
    return [...this.#messages.values()].reduce((sum, { length }) => sum + length, 0);
  }

  resume(): Promise<void> {
    this.#running = this.conversationIds.map((id) => {
      const results = this.#gatewayOf(id).subscribe(ConversationEventsDocument, { id, after: this.#cursors.get(id) ?? null });
      void this.#follow(id, results);
      return results;
    });
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((results) => results.stop().catch(() => undefined)));
    this.#running = [];
  }

  /** Waits for so many messages. */
  untilSeen(messages: number): Promise<void> {
    return untilTrue(() => this.count >= messages);
  }

  /** Waits until a message that is sent now has arrived everywhere, behind whatever was on its way. */
  async untilQuiet(): Promise<void> {
    const before = this.#events.size;
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (this.#events.size !== before) await this.untilQuiet();
  }

  /** The ids of a conversation's messages, sorted. */
  idsOf(conversationId: string): readonly string[] {
    return [...(this.#messages.get(conversationId) ?? [])].sort();
  }

  #gatewayOf(id: string): RunningGateway {
    const gateway = this.gateways[this.conversationIds.indexOf(id) % this.gateways.length];
    if (gateway === undefined) throw new Error('no gateway');
    return gateway;
  }

  async #follow(conversationId: string, results: Results<ConversationEventsSubscription>): Promise<void> {
    const ids = this.#messages.get(conversationId) ?? [];
    this.#messages.set(conversationId, ids);
    for (;;) {
      const result = await results.next().catch(() => null);
      if (result === null) return;
      const event = result.data?.conversationEvents;
      if (result.extensions?.cursor !== undefined) this.#cursors.set(conversationId, result.extensions.cursor);
      if (event === undefined) continue;
      if (this.#events.has(event.id)) this.repeats.push(event.id);
      this.#events.add(event.id);
      if (event.__typename === 'InteractionEnded') this.ended += 1;
      if (event.__typename !== 'MessageAdded') continue;
      if (ids.includes(event.message.id)) this.repeats.push(event.message.id);
      ids.push(event.message.id);
    }
  }
}
