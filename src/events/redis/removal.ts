import { HANDLING_EVENT_TYPES, handlingOf } from '../../domain/interaction-metrics.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import { decodeEvent } from '../port/event-codec.js';
import { keyOf } from './keys.js';
import type { Keys, Located } from './keys.js';
import type { Commands } from './script.js';
import { readEntries } from './scripts/reading.js';
import { eraseConversationScript, expireEntries, forgetExpiredScript, listExpiredScript } from './scripts/removing.js';
import type { Expiring, ExpiredReply } from './scripts/removing.js';

/** Events, or conversations, looked at in one step: other commands come between two. */
const SLICE = 500;
/** Names and summaries are kept ten times as long as events. */
const RETENTIONS_KEPT = 10;

export const METRICS_EVENT_TYPES = `,${HANDLING_EVENT_TYPES.join(',')},`;

/** Removes what is too old. Several gateways may do so at once: each step removes what it has read, or finds that another was faster. */
export class Removal {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
  ) {}

  /** Removes events stored before then; returns how many. */
  async expire(olderThan: Date, now: number): Promise<number> {
    const storedBefore = olderThan.getTime();
    const keptSince = now - RETENTIONS_KEPT * (now - storedBefore);
    let removed = 0;
    for (const located of this.keys.all()) {
      for (let count = SLICE; count === SLICE; removed += count) count = await this.#expireSlice(located, storedBefore, now);
      await this.#forget(located, 'n', keptSince);
      await this.#forget(located, 'h', keptSince);
      await this.#forget(located, 'y', storedBefore);
    }
    return removed;
  }

  async erase(conversationId: string): Promise<number> {
    const located = this.keys.conversation({ conversationId });
    return eraseConversationScript.run(this.commands, located, located.hash);
  }

  async #expireSlice(located: Located, storedBefore: number, now: number): Promise<number> {
    for (;;) {
      const old = await listExpiredScript.run(this.commands, located, storedBefore * 1_000, SLICE);
      const upTo = old.at(-1)?.[0];
      if (upTo === undefined) return 0;
      const expiring = await this.#expiring(located, old);
      const count = old.length;
      if ((await expireEntries(this.commands, located.base, { upTo, count, now, expiring })) === 0) continue;
      await this.#release(old.map(([, , id]) => id));
      return count;
    }
  }

  /** What is removed, by conversation, and what each then comes to. */
  async #expiring({ base }: Located, old: ExpiredReply): Promise<Expiring[]> {
    const telling = old
      .filter(([, , , type]) => METRICS_EVENT_TYPES.includes(`,${type},`))
      .map(([position, conversation]) => ({ position, conversation }));
    const found = await readEntries(this.commands, base, telling);
    const jsons = new Map<string, string[]>();
    for (const [index, { conversation }] of telling.entries()) {
      const entry = found[index];
      // Its conversation may have lost it: what it would have told is lost, too.
      if (entry !== undefined && typeof entry !== 'string') jsons.set(conversation, [...(jsons.get(conversation) ?? []), entry[0]]);
    }
    const byConversation = new Map<string, ExpiredReply[number][]>();
    for (const entry of old) byConversation.set(entry[1], [...(byConversation.get(entry[1]) ?? []), entry]);
    return Promise.all(
      [...byConversation].map(async ([conversation, entries]) => ({
        conversation,
        position: entries.at(-1)?.[0] ?? '',
        ids: entries.map(([, , id]) => id),
        handling: await this.#folded({ base, hash: conversation }, jsons.get(conversation) ?? []),
      })),
    );
  }

  /** What a conversation comes to with these events; null where there are none. */
  async #folded(located: Located, jsons: readonly string[]): Promise<string | null> {
    if (jsons.length === 0) return null;
    const kept = await this.commands.get(keyOf('h', located));
    const earlier = kept === null ? [] : (JSON.parse(kept) as Handling);
    const events = jsons.map((json) => decodeEvent(json));
    return JSON.stringify(handlingOf(earlier, events));
  }

  async #forget(located: Located, kind: 'n' | 'h' | 'y', before: number): Promise<void> {
    const index = keyOf(`k${kind}`, located);
    for (let count = SLICE; count === SLICE;) {
      const due = await this.commands.zrange(index, '-inf', `(${before}`, 'BYSCORE', 'LIMIT', 0, SLICE);
      count = due.length;
      if (count === 0) return;
      const keys = due.map((hash) => keyOf(kind, { base: located.base, hash }));
      await this.#release(await forgetExpiredScript.run(this.commands, [index, ...keys], before, kind === 'y' ? '1' : '0', ...due));
    }
  }

  /** The ids may be used again. */
  async #release(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.commands.unlink(this.keys.claim(id))));
  }
}
