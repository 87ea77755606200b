/** Outcomes of messages that are dealt with one after the other, several of them together: found when the first of them is asked for, kept until the others are. */
export class HealingOutcomes<T> {
  #found: readonly T[] = [];
  /** Place of the first one in `#found`. */
  #from = 0;

  /** `find`: deals with messages from that place on, one at least. */
  constructor(private readonly find: (from: number) => Promise<readonly T[]>) {}

  /** For the message at this place. Ask in order. */
  async next(place: number): Promise<T> {
    if (place >= this.#from + this.#found.length) {
      this.#found = await this.find(place);
      this.#from = place;
    }
    const outcome = this.#found[place - this.#from];
    if (outcome === undefined) throw new RangeError('Nothing was found for a message');
    return outcome;
  }
}
