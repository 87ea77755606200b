import { HANDLING_EVENT_TYPES, handlingOf } from '../../domain/handling.js';
import type { Handling } from '../../domain/handling.js';
import { decodeEvent } from '../event-codec.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';
import { eraseScript, expireScript, forgetScript, oldScript } from './scripts/removing.js';
import type { OldReply } from './scripts/removing.js';

/** Events, or conversations, looked at in one step: other commands come between two. */
const SLICE = 500;
/** Names and summaries are kept ten times as long as events. */
const RETENTIONS_KEPT = 10;

export const TELLING_TYPES = `,${HANDLING_EVENT_TYPES.join(',')},`;

/** Removes what is too old. Several gateways may do so at once: each step removes what it has read, or finds that another was faster. */
export class Removal {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
  ) {}

  /** Removes events received before then, as far as no later one was stored before them; returns how many. */
  async expire(olderThan: Date, now: number): Promise<number> {
    const receivedBefore = olderThan.getTime();
    const keptSince = now - RETENTIONS_KEPT * (now - receivedBefore);
    let removed = 0;
    for (let partition = 0; partition < this.keys.partitions; partition += 1) {
      const base = this.keys.base(partition);
      for (let count = SLICE; count === SLICE; removed += count) count = await this.#expireSlice(base, receivedBefore, now);
      await this.#forget(base, 'n', keptSince);
      await this.#forget(base, 'h', keptSince);
      await this.#forget(base, 'y', receivedBefore);
    }
    return removed;
  }

  async erase(conversationId: string): Promise<number> {
    const { partition, hash } = this.keys.locate({ conversationId });
    return eraseScript.run(this.commands, this.keys.base(partition), hash);
  }

  async #expireSlice(base: string, receivedBefore: number, now: number): Promise<number> {
    for (;;) {
      const old = await oldScript.run(this.commands, base, receivedBefore, SLICE, TELLING_TYPES);
      const [entries] = old;
      const last = entries.at(-1)?.[0];
      if (last === undefined) return 0;
      const arguments_ = [last, entries.length, JSON.stringify(byConversation(entries)), now, JSON.stringify(folded(old))];
      if ((await expireScript.run(this.commands, base, ...arguments_)) === 0) continue;
      await this.#release(entries.map(([, , id]) => id));
      return entries.length;
    }
  }

  async #forget(base: string, kind: 'n' | 'h' | 'y', before: number): Promise<void> {
    for (let count = SLICE; count === SLICE;) {
      const [forgotten, ids] = await forgetScript.run(this.commands, base, kind, before, SLICE);
      await this.#release(ids);
      count = forgotten;
    }
  }

  /** The ids may be used again. */
  async #release(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.commands.unlink(this.keys.claim(id))));
  }
}

function byConversation(entries: OldReply[0]): Record<string, [place: string, ids: string[]]> {
  const found: Record<string, [string, string[]]> = {};
  for (const [place, conversation, id] of entries) found[conversation] = [place, [...(found[conversation]?.[1] ?? []), id]];
  return found;
}

/** What the conversations come to when these events are gone. */
function folded([entries, kept]: OldReply): Record<string, string> {
  const handlings = new Map<string, Handling>();
  for (let index = 0; index + 1 < kept.length; index += 2)
    handlings.set(kept[index] ?? '', JSON.parse(kept[index + 1] ?? '[]') as Handling);
  const telling = new Map<string, string[]>();
  for (const [, conversation, , json] of entries) {
    if (json !== null) telling.set(conversation, [...(telling.get(conversation) ?? []), json]);
  }
  return Object.fromEntries(
    [...telling].map(([conversation, jsons]) => {
      const handling = handlingOf(
        handlings.get(conversation) ?? [],
        jsons.map((json) => decodeEvent(json)),
      );
      return [conversation, JSON.stringify(handling)];
    }),
  );
}
