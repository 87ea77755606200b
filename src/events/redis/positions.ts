import { BadUserInputError } from '../../domain/errors.js';
import { cursorExpired, decodePlace, encodePlace, malformedCursor } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { Identity } from './log-identity.js';

/**
 * A place in a partition, as Redis calls it: `number-term`. Numbers rise by one with each event. A term is the time during which one Redis process took the events;
 * another process, after a restart or in the place of a lost one, begins another term, and so does an older copy that was put back: no two terms of a partition are called alike, so that a
 * place tells on whose word it goes.
 */
export type Place = string;

/** A place in each partition of a scope: one for a conversation, all of them for all conversations. */
export type Vector = readonly Place[];

/** Before everything. */
export const ORIGIN: Place = '0-0';

const PLACE = /^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,9})$/;

export const numberOf = (place: Place): number => Number(place.slice(0, place.indexOf('-')));
export const termOf = (place: Place): string => place.slice(place.indexOf('-') + 1);

/** Just before an event. */
export const placeBefore = (place: Place): Place => `${numberOf(place) - 1}-${termOf(place)}`;

/** Cursors of one log, to places and back. */
export class Cursors {
  constructor(
    private readonly log: Pick<Identity, 'epoch'>,
    private readonly partitions: number,
  ) {}

  /** How many places a scope's cursor holds. */
  width(scope: Scope): number {
    return scope === 'all' ? this.partitions : 1;
  }

  encode(scope: Scope, vector: Vector): string {
    return encodePlace(scope, this.log.epoch, vector.join(','));
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
    const { epoch, place } = decodePlace(cursor, scope);
    const vector = place.split(',');
    if (!vector.every((each) => PLACE.test(each))) {
      // A good cursor of a log of another kind has a place that we cannot read.
      if (/^\d{1,15}$/.test(place)) return { epoch: '', vector: [] };
      throw malformedCursor();
    }
    if (epoch === this.log.epoch && vector.length !== this.width(scope)) throw malformedCursor();
    return { epoch, vector };
  }
}
