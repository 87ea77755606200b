import { HANDLING_EVENT_TYPES, foldHandling } from '../../domain/interaction-metrics.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import { STATE_EVENT_TYPES } from '../../domain/projection.js';
import { decodeEvent } from '../port/event-codec.js';
import { keepSummaries } from './inbox-summaries.js';
import { keyOf } from './keys.js';
import type { Keys, Located } from './keys.js';
import type { Commands } from './script.js';
import { readEntries } from './scripts/reading.js';
import { eraseConversationScript, expireEntries, forgetExpiredScript, listExpiredScript } from './scripts/removing.js';
import type { Expiring, ExpiredReply } from './scripts/removing.js';

/** Events, or conversations, per step; other commands run between steps. */
const SLICE = 500;
/** Message identities and summaries are retained ten times as long as events. */
const METADATA_RETENTIONS = 10;

const STATE_EVENTS = `,${STATE_EVENT_TYPES.join(',')},`;
export const METRICS_EVENT_TYPES = `,${HANDLING_EVENT_TYPES.join(',')},`;

/**
 * Retention and erasure. Several gateways may run it concurrently: each step removes exactly what it has read, or finds that another was
 * faster.
 */
export class Removal {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    /** For how long it is remembered that a conversation was erased, in milliseconds: as long as events are retained. */
    private readonly retentionMs: number,
  ) {}

  /** Removes events stored before then; returns how many. */
  async expire(olderThan: Date, now: number): Promise<number> {
    const storedBefore = olderThan.getTime();
    const keptSince = now - METADATA_RETENTIONS * (now - storedBefore);
    let removed = 0;
    for (const located of this.keys.all()) {
      for (let count = SLICE; count === SLICE; removed += count) count = await this.#expireSlice(located, storedBefore, now);
      await this.#expireKeys(located, 'n', keptSince);
      await this.#expireKeys(located, 'h', keptSince);
      await this.#expireKeys(located, 'y', storedBefore);
    }
    return removed;
  }

  async erase(conversationId: string, now: number): Promise<number> {
    const located = this.keys.conversation({ conversationId });
    return eraseConversationScript.run(this.commands, located, located.hash, now, this.retentionMs);
  }

  async #expireSlice(located: Located, storedBefore: number, now: number): Promise<number> {
    for (;;) {
      const expired = await listExpiredScript.run(this.commands, located, storedBefore * 1_000, SLICE);
      const upTo = expired.at(-1)?.[0];
      if (upTo === undefined) return 0;
      const expiring = await this.#groupByConversation(located, expired);
      await this.#keepInboxSummaries(located, expired);
      const count = expired.length;
      if ((await expireEntries(this.commands, located.base, { upTo, count, now, expiring })) === 0) continue;
      await this.#releaseClaims(expired.map(([, , id]) => id));
      return count;
    }
  }

  /** A conversation that stays in the inbox has the state of all its events, also of those that expire. */
  async #keepInboxSummaries({ base }: Located, expired: ExpiredReply): Promise<void> {
    const changed = expired.filter(([, , , type]) => STATE_EVENTS.includes(`,${type},`)).map(([, conversation]) => conversation);
    await keepSummaries(this.commands, base, [...new Set(changed)]);
  }

  /** The events to remove by conversation, with the summary each leaves. */
  async #groupByConversation({ base }: Located, expired: ExpiredReply): Promise<Expiring[]> {
    const metricsEvents = expired
      .filter(([, , , type]) => METRICS_EVENT_TYPES.includes(`,${type},`))
      .map(([position, conversation]) => ({ position, conversation }));
    const found = await readEntries(this.commands, base, metricsEvents);
    const jsons = new Map<string, string[]>();
    for (const [index, { conversation }] of metricsEvents.entries()) {
      const entry = found[index];
      // If its conversation has lost it, its metrics are lost too.
      if (entry !== undefined && typeof entry !== 'string') jsons.set(conversation, [...(jsons.get(conversation) ?? []), entry[0]]);
    }
    const byConversation = new Map<string, ExpiredReply[number][]>();
    for (const entry of expired) byConversation.set(entry[1], [...(byConversation.get(entry[1]) ?? []), entry]);
    return Promise.all(
      [...byConversation].map(async ([conversation, entries]) => ({
        conversation,
        position: entries.at(-1)?.[0] ?? '',
        ids: entries.map(([, , id]) => id),
        handling: await this.#foldSummary({ base, hash: conversation }, jsons.get(conversation) ?? []),
      })),
    );
  }

  /** The conversation's summary including these events; null if there are none. */
  async #foldSummary(located: Located, jsons: readonly string[]): Promise<string | null> {
    if (jsons.length === 0) return null;
    const summary = await this.commands.get(keyOf('h', located));
    const earlier = summary === null ? [] : (JSON.parse(summary) as Handling);
    const events = jsons.map((json) => decodeEvent(json));
    return JSON.stringify(foldHandling(earlier, events));
  }

  async #expireKeys(located: Located, kind: 'n' | 'h' | 'y', before: number): Promise<void> {
    const index = keyOf(`k${kind}`, located);
    for (let count = SLICE; count === SLICE;) {
      const due = await this.commands.zrange(index, '-inf', `(${before}`, 'BYSCORE', 'LIMIT', 0, SLICE);
      count = due.length;
      if (count === 0) return;
      const keys = due.map((hash) => keyOf(kind, { base: located.base, hash }));
      await this.#releaseClaims(await forgetExpiredScript.run(this.commands, [index, ...keys], before, kind === 'y' ? '1' : '0', ...due));
    }
  }

  /** Releases the claims: the ids may be used again. */
  async #releaseClaims(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.commands.unlink(this.keys.claim(id))));
  }
}
