import type { ParticipantRecord } from '../../domain/conversation.js';
import type { TypingStore } from '../port/typing-store.js';
import type { CommandRunner } from './command-runner.js';
import { keyOf } from './keys.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';

/** Who is typing right now, as whichever gateway was told. Redis forgets it by itself. */
export class RedisTypingStore implements TypingStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  async in(conversationId: string): Promise<readonly ParticipantRecord[]> {
    const key = keyOf('t', this.keys.conversation({ conversationId }));
    const json = await this.runner.run(() => this.commands.get(key));
    // Trusted: only the log's own writing is read back.
    return json === null ? [] : (JSON.parse(json) as ParticipantRecord[]);
  }
}
