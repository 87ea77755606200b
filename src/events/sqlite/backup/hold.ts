import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LogUnavailableError } from '../../port/errors.js';
import { holdSocket } from './hold-server.js';

/** The hold that a running gateway keeps on its checkpoints. */
export class Hold {
  readonly #lines: AsyncIterator<string>;

  private constructor(private readonly socket: Socket) {
    this.#lines = createInterface(socket)[Symbol.asyncIterator]();
  }

  /** Null where no gateway is asked at this file: none runs, or one without such a socket. */
  static async take(file: string): Promise<Hold | null> {
    const socket = connect(holdSocket(file));
    try {
      await once(socket, 'connect');
    } catch {
      return null;
    }
    // What becomes of it shows in its lines.
    socket.on('error', () => socket.destroy());
    const hold = new Hold(socket);
    await hold.#expect('held');
    return hold;
  }

  /** To be called now and then, to keep it. */
  keep(): void {
    this.socket.write('.');
  }

  /** Lets go. Rejects where it was lost before. */
  async release(): Promise<void> {
    this.socket.write('copied\n');
    await this.#expect('ok');
    this.socket.destroy();
  }

  /** Lets go of it after a failure. */
  drop(): void {
    this.socket.destroy();
  }

  async #expect(line: string): Promise<void> {
    const next = await this.#lines.next();
    if (next.done === true || next.value !== line) {
      this.drop();
      throw new LogUnavailableError('The gateway stopped while its log was copied, or could not be asked to hold still: try again');
    }
  }
}
