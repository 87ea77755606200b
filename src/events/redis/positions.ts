import { BadUserInputError } from '../../domain/errors.js';
import { cursorExpired, decodePosition, encodePosition, malformedCursor } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { Identity } from './log-identity.js';

/**
 * A position in a partition, as Redis calls it: `number-term`. Numbers rise by one with each event. A term is the time during which one Redis process took the events;
 * another process, after a restart or a failover, begins another term, and so does an older copy that was put back: no two terms of a partition are called alike, so that a
 * position tells on whose word it goes.
 */
export type Position = string;

/** A position in each partition of a scope: one for a conversation, all of them for all conversations. */
export type Vector = readonly Position[];

/** Before everything. */
export const ORIGIN: Position = '0-0';

const POSITION = /^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,9})$/;

export const numberOf = (position: Position): number => Number(position.slice(0, position.indexOf('-')));
export const termOf = (position: Position): string => position.slice(position.indexOf('-') + 1);

/** Just before an event. */
export const positionBefore = (position: Position): Position => `${numberOf(position) - 1}-${termOf(position)}`;

/** Cursors of one log, to positions and back. */
export class Cursors {
  constructor(
    private readonly log: Pick<Identity, 'epoch'>,
    private readonly partitions: number,
  ) {}

  /** How many positions a scope's cursor holds. */
  width(scope: Scope): number {
    return scope === 'all' ? this.partitions : 1;
  }

  encode(scope: Scope, vector: Vector): string {
    return encodePosition(scope, this.log.epoch, vector.join(','));
  }

  /** Where to read on. Whether that can still be done only Redis can tell. */
  after(cursor: string, scope: Scope): Vector {
    const { epoch, vector } = this.#decode(cursor, scope);
    if (epoch !== this.log.epoch) throw cursorExpired();
    return vector;
  }

  /** Where to stop. */
  before(cursor: string, scope: Scope): Vector {
    const { epoch, vector } = this.#decode(cursor, scope);
    if (epoch !== this.log.epoch) throw new BadUserInputError('The cursor is of another event log.');
    return vector;
  }

  #decode(cursor: string, scope: Scope): { epoch: string; vector: Vector } {
    const { epoch, position } = decodePosition(cursor, scope);
    const vector = position.split(',');
    if (!vector.every((each) => POSITION.test(each))) {
      // A good cursor of a log of another kind has a position that we cannot read.
      if (/^\d{1,15}$/.test(position)) return { epoch: '', vector: [] };
      throw malformedCursor();
    }
    if (epoch === this.log.epoch && vector.length !== this.width(scope)) throw malformedCursor();
    return { epoch, vector };
  }
}
