/** Knows whether the customer of a conversation has a live subscription, on any gateway that shares the log. */
export interface CustomerPresence {
  /** A subscription of the customer has begun; call the result when it has ended. */
  enter(conversationId: string): () => void;
  isPresent(conversationId: string): boolean | Promise<boolean>;
  close(): void;
}

/** The subscriptions of one gateway. */
export class LocalPresence implements CustomerPresence {
  readonly #subscriptions = new Map<string, number>();

  /** `onChange` is called when the first subscription of a conversation begins, and when its last has ended. */
  constructor(private readonly onChange: (conversationId: string, present: boolean) => void = () => undefined) {}

  /** The conversations whose customer is present. */
  get conversationIds(): Iterable<string> {
    return this.#subscriptions.keys();
  }

  enter(conversationId: string): () => void {
    const before = this.#subscriptions.get(conversationId) ?? 0;
    this.#subscriptions.set(conversationId, before + 1);
    if (before === 0) this.onChange(conversationId, true);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#leave(conversationId);
    };
  }

  isPresent(conversationId: string): boolean {
    return this.#subscriptions.has(conversationId);
  }

  close(): void {
    this.#subscriptions.clear();
  }

  #leave(conversationId: string): void {
    const left = (this.#subscriptions.get(conversationId) ?? 0) - 1;
    if (left > 0) {
      this.#subscriptions.set(conversationId, left);
      return;
    }
    if (this.#subscriptions.delete(conversationId)) this.onChange(conversationId, false);
  }
}
