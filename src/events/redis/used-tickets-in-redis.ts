import type { CommandRunner } from './command-runner.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';

/** Which tickets were used, so that each is used once, at whichever gateway. */
export class RedisUsedTicketStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  /** Takes the ticket; false where it is taken already. `lifeMs`: how long a ticket is good, and so has to be remembered. */
  claim(id: string, lifeMs: number): Promise<boolean> {
    return this.runner.run(async () => (await this.commands.set(this.keys.ticket(id), '', 'PX', lifeMs, 'NX')) === 'OK');
  }

  /** Gives it back, where nothing came of its use. */
  async release(id: string): Promise<void> {
    await this.runner.run(() => this.commands.del(this.keys.ticket(id)));
  }
}
