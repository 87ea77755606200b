import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LogUnavailableError } from '../../port/errors.js';
import { connectToOwner } from '../owner-socket.js';
import { holdSocket } from './hold-server.js';

/** A hold on the checkpoints of a running gateway. */
export class Hold {
  readonly #lines: AsyncIterator<string>;

  private constructor(private readonly socket: Socket) {
    this.#lines = createInterface(socket)[Symbol.asyncIterator]();
  }

  /** Null if no gateway answers at this file: none is running, or it has no such socket. */
  static async take(file: string): Promise<Hold | null> {
    const socket = await connectToOwner(holdSocket(file));
    if (socket === null) return null;
    const hold = new Hold(socket);
    await hold.#expect('held');
    return hold;
  }

  /** Keeps the hold alive; call it regularly. */
  keep(): void {
    this.socket.write('.');
  }

  /** Releases the hold. Rejects if it was lost before. */
  async release(): Promise<void> {
    this.socket.write('copied\n');
    await this.#expect('ok');
    this.socket.destroy();
  }

  /** Drops the hold after a failure. */
  drop(): void {
    this.socket.destroy();
  }

  async #expect(line: string): Promise<void> {
    const next = await this.#lines.next();
    if (next.done === true || next.value !== line) {
      this.drop();
      throw new LogUnavailableError('The gateway stopped while its log was copied, or could not hold its checkpoints: try again');
    }
  }
}
