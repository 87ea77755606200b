import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionEnded } from '../multipart-results.js';
import type { Operation, ResultIterator } from '../multipart-results.js';

const BACKOFF_MS = 20;
const EVENTS = `subscription($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after, types: [MESSAGE_ADDED]) { cursor ... on MessageAdded { message { text } } }
}`;

interface Data {
  readonly conversationEvents: { readonly cursor: string; readonly message: { readonly text: string } };
}

/** Follows the messages of a conversation, and resumes after its last cursor whenever its subscription ends. */
export class Follower {
  readonly texts: string[] = [];
  /** Why its subscriptions ended, one after the other: a close code, an error code, or `cut off`. */
  readonly ends: string[] = [];
  #results: ResultIterator<Data> | null = null;
  #isStopped = false;
  readonly #stopped: Promise<void>;

  constructor(
    private readonly subscribe: (operation: Operation) => ResultIterator<Data>,
    private readonly id: string,
    private after: string,
  ) {
    this.#stopped = this.#follow();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#results?.return();
    await this.#stopped;
  }

  #hasStopped(): boolean {
    return this.#isStopped;
  }

  async #follow(): Promise<void> {
    while (!this.#hasStopped()) {
      this.#results = this.subscribe({ query: EVENTS, variables: { id: this.id, after: this.after } });
      try {
        await this.#takeAll(this.#results);
      } catch (error) {
        if (this.#hasStopped()) return;
        this.ends.push(endOf(error));
        await pause(BACKOFF_MS);
      }
    }
  }

  async #takeAll(results: ResultIterator<Data>): Promise<void> {
    for (;;) {
      const next = await results.next();
      if (this.#hasStopped()) return;
      if (next.done === true) throw new Error('it ended without a reason');
      const event = next.value.data?.conversationEvents;
      if (event === undefined) throw new Error(JSON.stringify(next.value.errors));
      this.texts.push(event.message.text);
      this.after = event.cursor;
    }
  }
}

function endOf(error: unknown): string {
  if (error instanceof ConnectionEnded) return String(error.errors[0]?.extensions?.['code']);
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'number') return String(code);
  // A subscription that begins while its gateway drains is answered so with 503.
  return String(error).includes('"code":"RESTARTING"') ? 'RESTARTING' : `cut off: ${String(error)}`;
}
