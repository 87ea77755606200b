import { BadUserInputError } from '../../domain/errors.js';
import { cursorExpired, decodeCursor, encodeCursor } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { HeadCache } from '../delivery/head-cache.js';

/** Cursors of one log, to positions and back. */
export class CursorCodec {
  constructor(
    private readonly epoch: string,
    private readonly heads: HeadCache,
  ) {}

  cursor(scope: Scope, position: number): string {
    return encodeCursor(scope, { epoch: this.epoch, position });
  }

  /** The cursor for the scope's end when the log ended at `moment`. */
  end(scope: Scope, moment: number): string {
    return this.cursor(scope, this.heads.at(moment, scope));
  }

  /** Where to read on. Whether later events were removed only the store can tell. */
  after(cursor: string, scope: Scope): number {
    const { epoch, position } = decodeCursor(cursor, scope);
    if (epoch !== this.epoch || position > this.heads.last) throw cursorExpired();
    return position;
  }

  /** Where to stop. */
  before(cursor: string, scope: Scope): number {
    const { epoch, position } = decodeCursor(cursor, scope);
    if (epoch !== this.epoch) throw new BadUserInputError('The cursor is of another event log.');
    return position;
  }
}
