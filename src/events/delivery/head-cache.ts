import type { Scope } from '../port/event-log.js';

/** How many places of one conversation are remembered: enough for a head that is asked while events pour in. */
const PLACES_KEPT = 16;

interface Ends {
  readonly conversationId: string;
  /** The last places, in order. */
  readonly places: number[];
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

  /** Place of the log's last event; 0 where there never was one. */
  get last(): number {
    return this.#last;
  }

  /** Notes an appended event. Places only grow. */
  append(conversationId: string | null, place: number): void {
    this.#last = place;
    if (conversationId === null) return;
    const ends = this.#ends.get(conversationId) ?? { conversationId, places: [] };
    ends.places.push(place);
    if (ends.places.length > PLACES_KEPT) ends.places.shift();
    // Set anew, so that the map stays in order of last use; under the text that is there already, so that not each event leaves one.
    this.#ends.delete(ends.conversationId);
    this.#ends.set(ends.conversationId, ends);
    if (this.#ends.size > this.capacity) this.#forgetOldest();
  }

  /**
   * A place for the scope's end as it was when the log ended at `moment`: never beyond `moment`, never before the scope's last event then. The same for two moments
   * between which nothing was appended to the scope, as long as the conversation is remembered and took no more than a few events since.
   */
  at(moment: number, scope: Scope): number {
    if (scope === 'all') return moment;
    const places = this.#ends.get(scope.conversationId)?.places;
    const place = places?.findLast((candidate) => candidate <= moment);
    if (place !== undefined) return place;
    return places?.length === PLACES_KEPT ? moment : Math.min(this.#floor, moment);
  }

  #forgetOldest(): void {
    for (const { conversationId, places } of this.#ends.values()) {
      this.#floor = Math.max(this.#floor, places.at(-1) ?? 0);
      this.#ends.delete(conversationId);
      return;
    }
  }
}
