import { ConversationDocument, ConversationEventsDocument, CreateConversationDocument } from '../operations/operations.generated.js';
import { EventsDocument, SendMessageDocument } from '../operations/operations.generated.js';
import type { ConversationEventsSubscription, ConversationQuery, CreateConversationInput } from '../operations/operations.generated.js';
import type { SendMessageInput, SendMessageMutation } from '../operations/operations.generated.js';
import { reportedBy } from '../support/generations.js';
import type { Results, RunningGateway } from '../support/running-gateway.js';

export type Event = ConversationEventsSubscription['conversationEvents'];
export type Conversation = NonNullable<ConversationQuery['conversation']>;

/** The events that the contact centre sends for each conversation that is created. */
export const CREATED = ['CONVERSATION_UPDATED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED'] as const;

/** Creates a conversation; with its id and the cursor of its origin. */
export async function createConversation(
  gateway: RunningGateway,
  input: Partial<CreateConversationInput> = {},
): Promise<{ id: string; origin: string }> {
  const { channelId } = gateway.simulator;
  const { createConversation } = await gateway.get(CreateConversationDocument, { input: { channelId, customer: {}, ...input } });
  const { conversation, cursor, userErrors } = createConversation;
  if (conversation === null || cursor === null) throw new Error(`not created: ${JSON.stringify(userErrors)}`);
  return { id: conversation.conversationId, origin: cursor };
}

/** A conversation, and a subscription to all its events from the origin on. */
export class FollowedConversation {
  /** All that came so far. */
  readonly events: Event[] = [];

  private constructor(
    readonly gateway: RunningGateway,
    readonly id: string,
    readonly origin: string,
    private readonly results: Results<ConversationEventsSubscription>,
  ) {}

  /** Creates a conversation. With `queued`, waits until it stands in its queue. */
  static async create(gateway: RunningGateway, input: Partial<CreateConversationInput> = {}): Promise<FollowedConversation> {
    const { id, origin } = await createConversation(gateway, input);
    return new FollowedConversation(gateway, id, origin, gateway.subscribe(ConversationEventsDocument, { id, after: origin }));
  }

  /** Waits for the next events; each must come without errors and under its own cursor. */
  async next(count: number): Promise<Event[]> {
    const taken: Event[] = [];
    for (const { data, errors, extensions } of await this.results.take(count)) {
      expect(errors).toBeUndefined();
      if (!data) throw new Error('a result without data');
      expect(extensions?.cursor).toBe(data.conversationEvents.cursor);
      taken.push(data.conversationEvents);
    }
    this.events.push(...taken);
    return taken;
  }

  /** Waits for as many events as there are types, except those that the upstream's generation does not report; they must be of these types. */
  async expectNext(...types: string[]): Promise<Event[]> {
    const wanted = this.#reported(types);
    const taken = await this.next(wanted.length);
    expect(taken.map(({ type }) => type)).toEqual(wanted);
    return taken;
  }

  #reported(types: readonly string[]): readonly string[] {
    return reportedBy(this.gateway.generation, types);
  }

  /**
   * Waits for the end of an interaction: the contact centre's events of these types and its update that the conversation is idle, and among them, somewhere after
   * the first, the gateway's own event that the interaction is over. If the gateway itself reports that the customer left, that may be first or second.
   */
  async expectEnd(...types: string[]): Promise<Event[]> {
    const wanted = this.#reported([...types, 'CONVERSATION_UPDATED']);
    const ending = await this.next(wanted.length + 1);
    const endTypes = ending.map(({ type }) => type);
    const own = endTypes.indexOf('INTERACTION_ENDED');
    expect(own).toBeGreaterThan(0);
    const inOrder = (types: readonly string[]) => (this.gateway.generation.echoesApiWrites ? types : types.toSorted());
    expect(inOrder(endTypes.toSpliced(own, 1))).toEqual(inOrder(wanted));
    return ending;
  }

  /** As a query returns it now. */
  async queried(): Promise<Conversation> {
    const { conversation } = await this.gateway.get(ConversationDocument, { id: this.id });
    if (conversation === null) throw new Error('there is no such conversation');
    return conversation;
  }

  /** All stored events, as a query returns them now. */
  async queriedEvents(): Promise<Event[]> {
    const { conversation } = await this.gateway.get(EventsDocument, { id: this.id, first: 100 });
    return conversation?.events.edges.map(({ node }) => node) ?? [];
  }

  async send(input: Partial<SendMessageInput>): Promise<SendMessageMutation['sendMessage']> {
    return (await this.gateway.get(SendMessageDocument, { input: { conversationId: this.id, ...input } })).sendMessage;
  }

  stop(): Promise<void> {
    return this.results.stop();
  }
}

/** A part of the union of events, by type. */
export function ofType<N extends Event['__typename']>(events: readonly Event[], name: N): Extract<Event, { __typename: N }>[] {
  return events.filter((event): event is Extract<Event, { __typename: N }> => event.__typename === name);
}
