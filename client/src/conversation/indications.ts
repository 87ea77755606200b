import { CapabilitiesDocument, MarkReadDocument, SendTypingDocument } from '../generated/graphql.js';
import type { Capability } from '../generated/graphql.js';
import type { Request } from '../request.js';
import type { Reader } from './conversation-state.js';

/** The other side shows typing for about so long. */
const TYPING_MS = 5_000;

export interface IndicationsOptions {
  readonly request: Request;
  readonly conversationId: string;
  readonly sendAs: Reader;
  readonly onCapabilities: (capabilities: readonly Capability[]) => void;
}

/** What the other side sees of this one besides messages, where the contact centre supports it. Best effort. */
export class Indications {
  #capabilities: readonly Capability[] = [];
  #typedAt = -Infinity;

  constructor(private readonly options: IndicationsOptions) {}

  /** Reads what the contact centre supports, once. */
  loadCapabilities(): void {
    if (this.#capabilities.length > 0) return;
    const { request, onCapabilities } = this.options;
    request(CapabilitiesDocument, {}).then(
      ({ gateway: { capabilities } }) => {
        this.#capabilities = capabilities;
        onCapabilities(capabilities);
      },
      () => undefined,
    );
  }

  /** At intervals, however often it is called. */
  typing(): void {
    if (!this.#capabilities.includes('TYPING') || performance.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = performance.now();
    const { request, conversationId, sendAs } = this.options;
    request(SendTypingDocument, { input: { conversationId, sendAs } }).catch(() => undefined);
  }

  /** Everything so far has been read: moves the read marker of the gateway, which informs the others where the contact centre supports it. */
  read(): void {
    const { request, conversationId, sendAs } = this.options;
    request(MarkReadDocument, { input: { conversationId, sendAs } }).catch(() => undefined);
  }
}
