import { print } from 'graphql';
import { RacedMessageAddedDocument } from '../operations/operations.generated.js';
import type { RacedMessageAddedSubscription } from '../operations/operations.generated.js';
import type { Subscriber } from '../support/multipart-subscriber.js';

/** A message as a subscription delivers it. */
export type DeliveredMessage = RacedMessageAddedSubscription['messageAdded'];

const SUBSCRIPTION = print(RacedMessageAddedDocument);

/** `messageAdded` after a cursor. */
const subscribed = (client: Subscriber, id: string, after: string) =>
  client.iterate<RacedMessageAddedSubscription>({ query: SUBSCRIPTION, variables: { id, after } });

/** What `messageAdded` delivers after a cursor. */
export async function* messagesAdded(
  client: Subscriber,
  id: string,
  after: string,
  results = subscribed(client, id, after),
): AsyncGenerator<DeliveredMessage, void> {
  for await (const { data, errors } of results) {
    if (!data || errors !== undefined) throw new Error(`a subscription failed: ${JSON.stringify(errors)}`);
    yield data.messageAdded;
  }
}

/** The messages of a conversation as somebody hears them who listens all the time. */
export class MessageListener {
  readonly #heard = new Map<string, DeliveredMessage>();
  readonly #waiting = new Map<string, () => void>();

  readonly #results: ReturnType<typeof subscribed>;

  constructor(client: Subscriber, id: string, after: string) {
    this.#results = subscribed(client, id, after);
    void this.#listen(messagesAdded(client, id, after, this.#results));
  }

  /** All that was heard, in order. */
  get heard(): readonly DeliveredMessage[] {
    return [...this.#heard.values()];
  }

  /** The number of subscriptions in parallel on one socket is limited. */
  async stop(): Promise<void> {
    await this.#results.return?.();
  }

  /** Resolves with the message that was delivered under an event's id. */
  async hears(eventId: string): Promise<DeliveredMessage> {
    const added = this.#heard.get(eventId);
    if (added !== undefined) return added;
    await new Promise<void>((resolve) => this.#waiting.set(eventId, resolve));
    return this.hears(eventId);
  }

  async #listen(messages: AsyncIterable<DeliveredMessage>): Promise<void> {
    for await (const added of messages) {
      this.#heard.set(added.id, added);
      this.#waiting.get(added.id)?.();
    }
  }
}
