import type { Scope } from '../port/event-log.js';

/** How many recent positions of one conversation are kept: enough for a head that is resolved during a burst of events. */
const MAX_POSITIONS = 16;

interface ConversationHeads {
  readonly conversationId: string;
  /** The latest positions, ascending. */
  readonly positions: number[];
}

/**
 * The heads of the log and its conversations, tracked on append, so that no read from disk is needed. Least recently used conversations
 * are evicted; for these only an upper bound of the head is known, `#lowerBound`.
 */
export class HeadCache {
  #logHead: number;
  #lowerBound: number;
  readonly #heads = new Map<string, ConversationHeads>();

  /** `logHead`: current head of the log. `capacity`: how many conversations are tracked. */
  constructor(
    logHead: number,
    private readonly capacity = 50_000,
  ) {
    this.#logHead = logHead;
    this.#lowerBound = logHead;
  }

  /** Position of the log's last event; 0 if there never was one. */
  get logHead(): number {
    return this.#logHead;
  }

  /** Records an appended event. Positions only grow. */
  append(conversationId: string | null, position: number): void {
    this.#logHead = position;
    if (conversationId === null) return;
    const heads = this.#heads.get(conversationId) ?? { conversationId, positions: [] };
    heads.positions.push(position);
    if (heads.positions.length > MAX_POSITIONS) heads.positions.shift();
    // Re-inserted, so that the map stays in order of last use; under the existing string, so that not every event retains a new one.
    this.#heads.delete(heads.conversationId);
    this.#heads.set(heads.conversationId, heads);
    if (this.#heads.size > this.capacity) this.#forgetOldest();
  }

  /**
   * The scope's head when the log's head was `moment`: never beyond `moment`, never before the scope's last event then. Equal for two
   * moments with no append to the scope in between, while the conversation is tracked and had at most a few events since.
   */
  headAt(moment: number, scope: Scope): number {
    if (scope === 'all') return moment;
    const positions = this.#heads.get(scope.conversationId)?.positions;
    const position = positions?.findLast((candidate) => candidate <= moment);
    if (position !== undefined) return position;
    return positions?.length === MAX_POSITIONS ? moment : Math.min(this.#lowerBound, moment);
  }

  #forgetOldest(): void {
    for (const { conversationId, positions } of this.#heads.values()) {
      this.#lowerBound = Math.max(this.#lowerBound, positions.at(-1) ?? 0);
      this.#heads.delete(conversationId);
      return;
    }
  }
}
