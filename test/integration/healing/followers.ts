import { setTimeout as pause } from 'node:timers/promises';
import { print } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Client } from 'graphql-ws';
import { ConversationEventsDocument } from '../../operations/operations.generated.js';
import type { ConversationEventsSubscription } from '../../operations/operations.generated.js';
import type { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { socketAs } from '../access-client.js';

/** A socket may run no more operations. */
const PER_SOCKET = 20;
const QUERY = print(ConversationEventsDocument);

type Result = ExecutionResult<ConversationEventsSubscription, { cursor?: string }>;
type Results = AsyncIterableIterator<Result>;

/** A subscriber to each conversation, at one gateway after the other, which resumes after the last cursor it received. */
export class Followers {
  readonly #cursors = new Map<string, string>();
  readonly #messages = new Map<string, string[]>();
  readonly #events = new Set<string>();
  #sockets: Client[] = [];
  /** Those that nobody has ended. */
  readonly #running = new Set<Results>();
  /** Why a subscription has ended that nobody has ended. */
  readonly #failures: string[] = [];
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
    followers.resume();
    return followers;
  }

  /** How many messages were delivered. */
  get count(): number {
    return [...this.#messages.values()].reduce((sum, { length }) => sum + length, 0);
  }

  resume(): void {
    for (const gateway of this.gateways) {
      const ids = this.conversationIds.filter((id) => this.#gatewayOf(id) === gateway);
      for (let at = 0; at < ids.length; at += PER_SOCKET) {
        const socket = socketAs(gateway, null);
        this.#sockets.push(socket);
        for (const id of ids.slice(at, at + PER_SOCKET)) {
          const results = socket.iterate({ query: QUERY, variables: { id, after: this.#cursors.get(id) ?? null } }) as Results;
          this.#running.add(results);
          void this.#follow(id, results);
        }
      }
    }
  }

  async stop(): Promise<void> {
    const running = [...this.#running];
    this.#running.clear();
    for (const results of running) await results.return?.();
    for (const socket of this.#sockets.splice(0)) await socket.dispose();
  }

  /** Waits for so many messages, and ends of interactions. */
  untilSeen(messages: number, ended = 0): Promise<void> {
    return untilTrue(() => {
      if (this.#failures.length > 0) throw new Error(`subscriptions have ended: ${this.#failures.slice(0, 3).join('; ')}`);
      return this.count >= messages && this.ended >= ended;
    });
  }

  /** Waits until nothing has arrived for 300 ms: that something does not arrive shows in no other way. */
  async untilQuiet(): Promise<void> {
    const before = this.#events.size;
    await pause(300);
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

  async #follow(conversationId: string, results: Results): Promise<void> {
    try {
      for await (const result of results) this.#note(conversationId, result);
      throw new Error('it is over');
    } catch (reason) {
      if (this.#running.delete(results)) this.#failures.push(reason instanceof Error ? reason.message : JSON.stringify(reason));
    }
  }

  #note(conversationId: string, { data, extensions }: Result): void {
    const event = data?.conversationEvents;
    if (extensions?.cursor !== undefined) this.#cursors.set(conversationId, extensions.cursor);
    if (event === undefined) return;
    if (this.#events.has(event.id)) this.repeats.push(event.id);
    this.#events.add(event.id);
    if (event.__typename === 'InteractionEnded') this.ended += 1;
    if (event.__typename !== 'MessageAdded') return;
    const ids = this.#messages.get(conversationId) ?? [];
    this.#messages.set(conversationId, ids);
    if (ids.includes(event.message.id)) this.repeats.push(event.message.id);
    ids.push(event.message.id);
  }
}
