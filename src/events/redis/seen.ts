import { numberOf, ORIGIN, termOf } from './positions.js';
import type { Position } from './positions.js';

/** The last position that this gateway knows of in each partition. A Redis that has come to less has lost events, or been replaced by an older copy. */
export class LastSeenPositions {
  readonly #positions = new Map<number, Position>();

  numberIn(partition: number): number {
    return numberOf(this.#positions.get(partition) ?? ORIGIN);
  }

  /** The partition has come to a position. */
  note(partition: number, position: Position): void {
    const known = this.#positions.get(partition) ?? ORIGIN;
    // Of another term than the one that is known: that one is over, whatever its numbers.
    if (termOf(known) !== termOf(position) || numberOf(position) > numberOf(known)) this.#positions.set(partition, position);
  }

  /** Another log is there. */
  forget(): void {
    this.#positions.clear();
  }
}
