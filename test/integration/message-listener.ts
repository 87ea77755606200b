import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import { RacedMessageAddedDocument } from '../operations/operations.generated.js';
import type { RacedMessageAddedSubscription } from '../operations/operations.generated.js';

/** A message as a subscription tells it. */
export type ToldMessage = RacedMessageAddedSubscription['messageAdded'];

const SUBSCRIPTION = print(RacedMessageAddedDocument);

/** What `messageAdded` tells after a cursor. */
export async function* messagesAdded(client: Client, id: string, after: string): AsyncGenerator<ToldMessage, void> {
  const results = client.iterate<RacedMessageAddedSubscription>({ query: SUBSCRIPTION, variables: { id, after } });
  for await (const { data, errors } of results) {
    if (!data || errors !== undefined) throw new Error(`a subscription failed: ${JSON.stringify(errors)}`);
    yield data.messageAdded;
  }
}

/** The messages of a conversation as somebody hears them who listens all the time. */
export class MessageListener {
  readonly #heard = new Map<string, ToldMessage>();
  readonly #waiting = new Map<string, () => void>();

  constructor(client: Client, id: string, after: string) {
    void this.#listen(messagesAdded(client, id, after));
  }

  /** Resolves with what was told under an event's id. */
  async hears(eventId: string): Promise<ToldMessage> {
    const told = this.#heard.get(eventId);
    if (told !== undefined) return told;
    await new Promise<void>((resolve) => this.#waiting.set(eventId, resolve));
    return this.hears(eventId);
  }

  async #listen(messages: AsyncIterable<ToldMessage>): Promise<void> {
    for await (const told of messages) {
      this.#heard.set(told.id, told);
      this.#waiting.get(told.id)?.();
    }
  }
}
