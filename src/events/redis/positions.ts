import { BadUserInputError } from '../../domain/errors.js';
import { cursorExpired, decodePosition, encodePosition, malformedCursor } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { LogIdentity } from './log-identity.js';

/**
 * A position in a partition, in Redis's form: `number-term`. Numbers rise by one per event. A term is the time during which one Redis
 * process accepted the events; a restart, a failover and the restore of an older copy each start another term. Terms of a partition are
 * unique, so a position shows which history it belongs to.
 */
export type Position = string;

/** One position per partition of a scope: one for a conversation, all for all conversations. */
export type Vector = readonly Position[];

/** Before every event. */
export const ORIGIN: Position = '0-0';

const POSITION = /^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,9})$/;

export const numberOf = (position: Position): number => Number(position.slice(0, position.indexOf('-')));
export const termOf = (position: Position): string => position.slice(position.indexOf('-') + 1);

/** Directly before an event. */
export const positionBefore = (position: Position): Position => `${numberOf(position) - 1}-${termOf(position)}`;

/** Converts between cursors of one log and positions. */
export class Cursors {
  constructor(
    private readonly log: Pick<LogIdentity, 'epoch'>,
    private readonly partitions: number,
  ) {}

  /** How many positions a scope's cursor has. */
  width(scope: Scope): number {
    return scope === 'all' ? this.partitions : 1;
  }

  encode(scope: Scope, vector: Vector): string {
    return encodePosition(scope, this.log.epoch, vector.join(','));
  }

  /** The positions to read after. Only Redis knows whether that is still possible. */
  after(cursor: string, scope: Scope): Vector {
    const { epoch, vector } = this.#decode(cursor, scope);
    if (epoch !== this.log.epoch) throw cursorExpired();
    return vector;
  }

  /** The positions to read before. */
  before(cursor: string, scope: Scope): Vector {
    const { epoch, vector } = this.#decode(cursor, scope);
    if (epoch !== this.log.epoch) throw new BadUserInputError('The cursor belongs to another event log.');
    return vector;
  }

  #decode(cursor: string, scope: Scope): { epoch: string; vector: Vector } {
    const { epoch, position } = decodePosition(cursor, scope);
    const vector = position.split(',');
    if (!vector.every((each) => POSITION.test(each))) {
      // A valid cursor of another kind of log has a position in another form.
      if (/^\d{1,15}$/.test(position)) return { epoch: '', vector: [] };
      throw malformedCursor();
    }
    if (epoch === this.log.epoch && vector.length !== this.width(scope)) throw malformedCursor();
    return { epoch, vector };
  }
}
