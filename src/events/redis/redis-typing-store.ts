import type { ParticipantRecord } from '../../domain/conversation.js';
import type { TypingStore } from '../port/typing-store.js';
import type { CommandRunner } from './command-runner.js';
import { keyOf } from './keys.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';

/** Current typing participants, shared by all gateways. Entries expire in Redis. */
export class RedisTypingStore implements TypingStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  async in(conversationId: string): Promise<readonly ParticipantRecord[]> {
    const key = keyOf('t', this.keys.conversation({ conversationId }));
    const json = await this.runner.run(() => this.commands.get(key));
    // Trusted: only the log itself writes it.
    return json === null ? [] : (JSON.parse(json) as ParticipantRecord[]);
  }
}
