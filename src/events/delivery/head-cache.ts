import type { Scope } from '../port/event-log.js';

/** How many positions of one conversation are remembered: enough for a head that is asked while events pour in. */
const MAX_POSITIONS = 16;

interface Ends {
  readonly conversationId: string;
  /** The last positions, in order. */
  readonly positions: number[];
}

/**
 * Where the log and its conversations end, remembered as events are appended, so that nobody has to ask the disk. Conversations are forgotten
 * longest unused first; of one not remembered only a bound is known: it ends no later than `floor`.
 */
export class HeadCache {
  #last: number;
  #floor: number;
  readonly #ends = new Map<string, Ends>();

  /** `last`: where the log ends now. `capacity`: how many conversations to remember. */
  constructor(
    last: number,
    private readonly capacity = 50_000,
  ) {
    this.#last = last;
    this.#floor = last;
  }

  /** Position of the log's last event; 0 where there never was one. */
  get last(): number {
    return this.#last;
  }

  /** Notes an appended event. Places only grow. */
  append(conversationId: string | null, position: number): void {
    this.#last = position;
    if (conversationId === null) return;
    const ends = this.#ends.get(conversationId) ?? { conversationId, positions: [] };
    ends.positions.push(position);
    if (ends.positions.length > MAX_POSITIONS) ends.positions.shift();
    // Set anew, so that the map stays in order of last use; under the text that is there already, so that not each event leaves one.
    this.#ends.delete(ends.conversationId);
    this.#ends.set(ends.conversationId, ends);
    if (this.#ends.size > this.capacity) this.#forgetOldest();
  }

  /**
   * A position for the scope's end as it was when the log ended at `moment`: never beyond `moment`, never before the scope's last event then. The same for two moments
   * between which nothing was appended to the scope, as long as the conversation is remembered and took no more than a few events since.
   */
  at(moment: number, scope: Scope): number {
    if (scope === 'all') return moment;
    const positions = this.#ends.get(scope.conversationId)?.positions;
    const position = positions?.findLast((candidate) => candidate <= moment);
    if (position !== undefined) return position;
    return positions?.length === MAX_POSITIONS ? moment : Math.min(this.#floor, moment);
  }

  #forgetOldest(): void {
    for (const { conversationId, positions } of this.#ends.values()) {
      this.#floor = Math.max(this.#floor, positions.at(-1) ?? 0);
      this.#ends.delete(conversationId);
      return;
    }
  }
}
