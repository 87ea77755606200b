import type { KeptStorage } from './browser-storage.js';

/** A message that the customer has written and the conversation does not show yet. */
export interface Entry {
  /** Identifies the message once it is in the conversation. */
  readonly clientMessageId: string;
  /** The gateway sends it once per key, however often it is retried; replaced when the customer sends it again. */
  readonly idempotencyKey: string;
  readonly text: string;
  readonly attachment: { readonly id: string; readonly filename: string } | null;
  /** waiting: to be sent, or retried. sent: accepted, not shown yet. refused and unsure: the customer decides. */
  readonly status: 'waiting' | 'sent' | 'refused' | 'unsure';
  /** An earlier attempt got no response. */
  readonly tried: boolean;
  /** Why it was rejected. */
  readonly problem: string | null;
}

/** The outcome of sending an entry. unreachable: no response. unsure: the gateway does not know the outcome. */
export type Outcome = 'sent' | 'unreachable' | 'unsure' | { readonly refused: string };

interface OutboxOptions {
  /** Sends an entry with its key. */
  readonly deliver: (entry: Entry) => Promise<Outcome>;
  /** Resolves when a retry makes sense. */
  readonly later: () => Promise<void>;
  /** Survives a reload of the page. Not shared between tabs, which would both send it. */
  readonly storage: KeptStorage;
  readonly key: string;
  /** Creates a unique key. */
  readonly newKey: () => string;
}

/** Sends its entries one after the other, in order, until each is accepted or rejected. A store for `useSyncExternalStore`. */
export class Outbox {
  #entries: readonly Entry[];
  #isSending = false;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly options: OutboxOptions) {
    const stored = JSON.parse(options.storage.getItem(options.key) ?? '[]') as Entry[];
    // Whether one was in flight when the page was closed is unknown.
    this.#entries = stored.map((entry) => ({ ...entry, tried: true }));
    void this.#send();
  }

  readonly entries = (): readonly Entry[] => this.#entries;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add({ text = '', attachment = null }: { text?: string; attachment?: Entry['attachment'] }): void {
    const [clientMessageId, idempotencyKey] = [this.options.newKey(), this.options.newKey()];
    this.#keep([...this.#entries, { clientMessageId, idempotencyKey, text, attachment, status: 'waiting', tried: false, problem: null }]);
    void this.#send();
  }

  /** Sends it again with a new key, at the customer's request: with the old key the gateway would only repeat the first outcome. */
  again(clientMessageId: string): void {
    this.#change(clientMessageId, { idempotencyKey: this.options.newKey(), status: 'waiting', tried: false, problem: null });
    void this.#send();
  }

  discard(clientMessageId: string): void {
    this.#keep(this.#entries.filter((entry) => entry.clientMessageId !== clientMessageId));
  }

  /** Removes entries that the conversation shows. */
  arrived(clientMessageIds: ReadonlySet<string>): void {
    const left = this.#entries.filter((entry) => !clientMessageIds.has(entry.clientMessageId));
    if (left.length < this.#entries.length) this.#keep(left);
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      const outcome = await this.options.deliver(entry);
      if (typeof outcome === 'object') this.#change(entry.clientMessageId, { status: 'refused', problem: outcome.refused });
      else if (outcome !== 'unreachable') this.#change(entry.clientMessageId, { status: outcome });
      else {
        this.#change(entry.clientMessageId, { tried: true });
        await this.options.later();
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
    this.options.storage.setItem(this.options.key, JSON.stringify(entries));
    for (const listener of this.#listeners) listener();
  }
}
