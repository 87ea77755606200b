import { handlingOf } from '../../domain/handling.js';
import type { Handling } from '../../domain/handling.js';
import type { MessageName } from '../../domain/message-name.js';
import { decodeEvent } from '../event-codec.js';
import type { LoggedEvent } from '../event-log.js';
import type { Keys } from './keys.js';
import { nameOf } from './name-json.js';
import type { Cursors } from './places.js';
import { TELLING_TYPES } from './removal.js';
import type { Commands } from './script.js';
import { messagesScript, namedScript } from './scripts/naming.js';
import { activeScript, handlingScript } from './scripts/reading.js';
import type { EntryReply } from './scripts/reading.js';

/** How far the clocks of gateways may lie apart, in milliseconds, without an event being overlooked. */
const CLOCKS_APART_MS = 300_000;

/** What is read of stored events otherwise than page by page. */
export class EventReads {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  async activeSince(received: Date): Promise<readonly string[]> {
    const found = await Promise.all(
      Array.from({ length: this.keys.partitions }, (_, index) =>
        activeScript.run(this.commands, this.keys.base(index), received.getTime(), CLOCKS_APART_MS),
      ),
    );
    return found.flat().flatMap((json) => decodeEvent(json).conversationId ?? []);
  }

  async named(conversationId: string, key: string): Promise<{ name: MessageName; event: LoggedEvent | null } | null> {
    const { base, hash } = this.#locate(conversationId);
    const found = await namedScript.run(this.commands, base, hash, key);
    const name = nameOf(found?.[0] ?? null);
    if (found === null || name === null) return null;
    return { name, event: found[1] === null ? null : this.#logged(conversationId, found[1]) };
  }

  async unlisted(conversationId: string, received: Date): Promise<readonly LoggedEvent[]> {
    const { base, hash } = this.#locate(conversationId);
    const entries = await messagesScript.run(this.commands, base, hash, received.getTime(), CLOCKS_APART_MS);
    const events = entries.map((entry) => this.#logged(conversationId, entry)).filter(({ name }) => name?.listedId === null);
    // They come newest first; those of one time are to stay in the order of the log.
    return events.reverse().sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime());
  }

  async handling(conversationId: string): Promise<Handling> {
    const { base, hash } = this.#locate(conversationId);
    const [kept, events] = await handlingScript.run(this.commands, base, hash, TELLING_TYPES);
    const earlier = kept === null ? [] : (JSON.parse(kept) as Handling);
    return handlingOf(
      earlier,
      events.map((json) => decodeEvent(json)),
    );
  }

  #locate(conversationId: string): { base: string; hash: string } {
    const { partition, hash } = this.keys.locate({ conversationId });
    return { base: this.keys.base(partition), hash };
  }

  #logged(conversationId: string, [place, json, name]: EntryReply): LoggedEvent {
    return { event: decodeEvent(json), cursor: this.cursors.encode({ conversationId }, [place]), name: nameOf(name) };
  }
}
