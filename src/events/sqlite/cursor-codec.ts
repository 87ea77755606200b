import { BadUserInputError } from '../../domain/errors.js';
import { cursorExpired, decodeCursor, encodeCursor } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { HeadCache } from '../delivery/head-cache.js';

/** Converts between cursors of one log and positions. */
export class CursorCodec {
  constructor(
    private readonly epoch: string,
    private readonly heads: HeadCache,
  ) {}

  cursor(scope: Scope, position: number): string {
    return encodeCursor(scope, { epoch: this.epoch, position });
  }

  /** The cursor of the scope's head when the log's head was `moment`. */
  end(scope: Scope, moment: number): string {
    return this.cursor(scope, this.heads.headAt(moment, scope));
  }

  /** The position to read after. Only the store knows whether later events were removed. */
  after(cursor: string, scope: Scope): number {
    const { epoch, position } = decodeCursor(cursor, scope);
    if (epoch !== this.epoch || position > this.heads.logHead) throw cursorExpired();
    return position;
  }

  /** The position to read before. */
  before(cursor: string, scope: Scope): number {
    const { epoch, position } = decodeCursor(cursor, scope);
    if (epoch !== this.epoch) throw new BadUserInputError('The cursor belongs to another event log.');
    return position;
  }
}
