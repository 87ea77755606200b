import type { CommandRunner } from './command-runner.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';

/** Used tickets, so that each is accepted once across all gateways. */
export class RedisUsedTicketStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  /** Claims the ticket; false if it was used before. `lifeMs`: how long a ticket is valid, and so has to be remembered. */
  claim(id: string, lifeMs: number): Promise<boolean> {
    return this.runner.run(async () => (await this.commands.set(this.keys.ticket(id), '', 'PX', lifeMs, 'NX')) === 'OK');
  }

  /** Releases the ticket if its use failed. */
  async release(id: string): Promise<void> {
    await this.runner.run(() => this.commands.del(this.keys.ticket(id)));
  }
}
