import { numberOf, ORIGIN, termOf } from './positions.js';
import type { Place } from './positions.js';

/** The last place that this gateway knows of in each partition. A Redis that has come to less has lost events, or an older copy was put in its place. */
export class Seen {
  readonly #places = new Map<number, Place>();

  numberIn(partition: number): number {
    return numberOf(this.#places.get(partition) ?? ORIGIN);
  }

  /** The partition has come to a place. */
  note(partition: number, place: Place): void {
    const known = this.#places.get(partition) ?? ORIGIN;
    // Of another term than the one that is known: that one is over, whatever its numbers.
    if (termOf(known) !== termOf(place) || numberOf(place) > numberOf(known)) this.#places.set(partition, place);
  }

  /** Another log is there. */
  forget(): void {
    this.#places.clear();
  }
}
