import { setTimeout as pause } from 'node:timers/promises';
import { ACTIVITY_EVENT_TYPES } from '../../../src/domain/inbox-summary.js';
import { ConversationChanges } from '../../../src/events/delivery/conversation-changes.js';
import type { ChangedConversation } from '../../../src/events/delivery/conversation-changes.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { InboxEntry } from '../../../src/events/port/inbox.js';
import { patiently } from '../../support/patience.js';
import { disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { ANA, Choices, WHOLE } from './inbox.js';
import { newStore, RandomOperations } from './random-inbox.js';

/** More with `INBOX_SEQUENCES=1000`. */
const SEQUENCES = Number(process.env['INBOX_SEQUENCES'] ?? 3);
const FIRST_SEED = Number(process.env['INBOX_SEED'] ?? 1);
const ROUNDS = 12;

/** What a list shows of an entry. That messages were read is not delivered. */
const shown = ({ conversationId, state, assignment, customer, lastActivityAt, lastMessage }: InboxEntry) => ({
  ...{ conversationId, state, assignment, customer, lastActivityAt },
  lastMessage: lastMessage?.event.id ?? null,
});

/** A client's list of conversations, which follows their changes as docs/inbox.md says, and resumes after the last cursor. */
class List {
  #entries: readonly InboxEntry[] = [];
  #cursor = '';
  #changes: ConversationChanges | null = null;
  #error: Error | null = null;

  async query(log: EventLog): Promise<void> {
    this.#cursor = await (await log.head()).cursor('all');
    this.#entries = (await log.inbox.page(WHOLE)).entries;
  }

  async follow(log: EventLog): Promise<void> {
    const source = await log.subscribe('all', { types: ACTIVITY_EVENT_TYPES, after: this.#cursor });
    const changes = new ConversationChanges({
      source,
      mayWant: () => true,
      read: async (conversationIds) =>
        (await log.inbox.entries(conversationIds, ANA)).map((entry, index) => ({
          ...{ conversationId: conversationIds[index] ?? '', entry },
          isRemoved: entry === null,
        })),
      intervalMs: 10,
    });
    this.#changes = changes;
    changes.pipeTo({
      write: (delivery) => {
        this.#apply(delivery as ChangedConversation);
        return null;
      },
      end: (error) => (this.#error = error),
    });
  }

  async leave(): Promise<void> {
    await this.#changes?.return();
    expect(this.#error).toBeNull();
  }

  #apply({ cursor, change: { conversationId, entry } }: ChangedConversation): void {
    const others = this.#entries.filter((each) => each.conversationId !== conversationId);
    const all = entry === null ? others : [entry, ...others];
    this.#entries = all.toSorted((a, b) => b.lastActivityAt.getTime() - a.lastActivityAt.getTime());
    this.#cursor = cursor;
  }

  get shown() {
    return this.#entries.map(shown);
  }
}

/** Lists that follow the inbox, on every engine. */
export function describeInboxFollowing(openLog: OpenLog): void {
  const open = disposing(openLog);

  it.each(Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index))(
    'is what a list has that was queried once and follows its changes, however often it resumes (seed %d)',
    async (seed) => {
      const { log, clock } = await open();
      const [random, operations] = [new Choices(seed), new RandomOperations(seed, [newStore([log])], clock, false)];
      const list = new List();
      for (let number = 0; number < 20; number += 1) await operations.next();
      await list.query(log);
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let number = random.below(20); number > 0; number -= 1) await operations.next();
        await list.follow(log);
        const times = random.below(40);
        for (let number = 0; number < times; number += 1) {
          await operations.next();
          if (random.below(4) === 0) await pause(random.below(5));
        }
        const isChecked = random.below(2) === 0 || round === ROUNDS - 1;
        if (isChecked) {
          const expected = (await log.inbox.page(WHOLE)).entries.map(shown);
          const isThere = () => JSON.stringify(list.shown) === JSON.stringify(expected);
          for (const deadline = performance.now() + patiently(10_000); !isThere() && performance.now() < deadline;) await pause(5);
          expect(list.shown).toEqual(expected);
        }
        await list.leave();
      }
    },
    60_000,
  );
}
