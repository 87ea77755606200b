import { numberOf, ORIGIN, termOf } from './positions.js';
import type { Position } from './positions.js';

/** The latest known position of each partition. A Redis with a lower one has lost events, or was restored from an older copy. */
export class LastSeenPositions {
  readonly #positions = new Map<number, Position>();

  numberIn(partition: number): number {
    return numberOf(this.#positions.get(partition) ?? ORIGIN);
  }

  /** Records a position that the partition has reached. */
  record(partition: number, position: Position): void {
    const known = this.#positions.get(partition) ?? ORIGIN;
    // Another term: the known one is over, whatever its numbers.
    if (termOf(known) !== termOf(position) || numberOf(position) > numberOf(known)) this.#positions.set(partition, position);
  }

  /** The log was replaced. */
  clear(): void {
    this.#positions.clear();
  }
}
