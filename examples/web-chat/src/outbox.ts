/** What the customer has written and the conversation does not show yet. */
export interface Entry {
  /** Comes back on the message, once it is there. */
  readonly clientMessageId: string;
  /** Under which the gateway sends it once, however often it is asked: the same until the customer wants it sent again. */
  readonly idempotencyKey: string;
  readonly text: string;
  readonly attachment: { readonly id: string; readonly filename: string } | null;
  /** waiting: to be sent, or tried again. sent: taken, not shown yet. refused and unsure: up to the customer. */
  readonly status: 'waiting' | 'sent' | 'refused' | 'unsure';
  /** It was sent before, or may have been, and no answer came. */
  readonly tried: boolean;
  /** Why it was refused. */
  readonly problem: string | null;
}

/** What became of sending an entry. unreachable: no answer came. unsure: the gateway says that it cannot know. */
export type Outcome = 'sent' | 'unreachable' | 'unsure' | { readonly refused: string };

interface Parts {
  /** Sends an entry, under its key. */
  readonly deliver: (entry: Entry) => Promise<Outcome>;
  /** Resolves when it is worth trying again. */
  readonly later: () => Promise<void>;
  /** What is in it outlives a reload of the page. Not shared between tabs, which would both send it. */
  readonly storage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  readonly key: string;
  /** A name that nothing else has. */
  readonly newKey: () => string;
}

/** Sends what is put into it, one after the other, in order, until each is taken or refused. To be subscribed to as `useSyncExternalStore` does. */
export class Outbox {
  #entries: readonly Entry[];
  #isSending = false;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly parts: Parts) {
    const stored = JSON.parse(parts.storage.getItem(parts.key) ?? '[]') as Entry[];
    // Whether it was under way when the page was closed is not known.
    this.#entries = stored.map((entry) => ({ ...entry, tried: true }));
    void this.#send();
  }

  readonly entries = (): readonly Entry[] => this.#entries;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add({ text = '', attachment = null }: { text?: string; attachment?: Entry['attachment'] }): void {
    const [clientMessageId, idempotencyKey] = [this.parts.newKey(), this.parts.newKey()];
    this.#keep([...this.#entries, { clientMessageId, idempotencyKey, text, attachment, status: 'waiting', tried: false, problem: null }]);
    void this.#send();
  }

  /** The customer wants it sent again, come what may: under the old key the gateway would only tell what became of it before. */
  again(clientMessageId: string): void {
    this.#change(clientMessageId, { idempotencyKey: this.parts.newKey(), status: 'waiting', tried: false, problem: null });
    void this.#send();
  }

  discard(clientMessageId: string): void {
    this.#keep(this.#entries.filter((entry) => entry.clientMessageId !== clientMessageId));
  }

  /** These are in the conversation. */
  arrived(clientMessageIds: ReadonlySet<string>): void {
    const left = this.#entries.filter((entry) => !clientMessageIds.has(entry.clientMessageId));
    if (left.length < this.#entries.length) this.#keep(left);
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      const outcome = await this.parts.deliver(entry);
      if (typeof outcome === 'object') this.#change(entry.clientMessageId, { status: 'refused', problem: outcome.refused });
      else if (outcome !== 'unreachable') this.#change(entry.clientMessageId, { status: outcome });
      else {
        this.#change(entry.clientMessageId, { tried: true });
        await this.parts.later();
      }
    }
    this.#isSending = false;
  }

  #next(): Entry | undefined {
    return this.#entries.find(({ status }) => status === 'waiting');
  }

  #change(clientMessageId: string, change: Partial<Entry>): void {
    this.#keep(this.#entries.map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...change } : entry)));
  }

  #keep(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.parts.storage.setItem(this.parts.key, JSON.stringify(entries));
    for (const listener of this.#listeners) listener();
  }
}
