import type { Clock } from '../../domain/clock.js';
import { HeadCache } from '../delivery/head-cache.js';
import { Subscribers } from '../delivery/subscribers.js';
import type { HoldServer } from './backup/hold-server.js';
import { CoalescedPageReads } from './coalesced-page-reads.js';
import { CursorCodec } from './cursor-codec.js';
import { StoredConversations } from './stored-conversations.js';
import { ReplayPageCache } from './replay-page-cache.js';
import { SqliteEventLog } from './sqlite-event-log.js';
import { SqliteHealingMarks } from './sqlite-healing-marks.js';
import { SqliteIdempotencyStore } from './sqlite-idempotency-store.js';
import { SqliteSinkStore } from './sqlite-sink-store.js';
import { SqliteInbox } from './sqlite-inbox.js';
import type { StoreClient } from './store-client.js';
import { toStoredEvent } from './to-stored-event.js';
import type { WorkerReady } from './worker-protocol.js';

export interface CreateSqliteEventLogOptions {
  readonly store: StoreClient;
  readonly opened: WorkerReady;
  readonly clock: Clock;
  /** How many live events may be queued for one subscriber. */
  readonly queueLimit: number;
  readonly holds: Pick<HoldServer, 'close'>;
  readonly retryHorizonMs: number;
}

/** Puts the parts of the log together, over a store that is open. */
export function createSqliteEventLog({
  store,
  opened,
  clock,
  queueLimit,
  holds,
  retryHorizonMs,
}: CreateSqliteEventLogOptions): SqliteEventLog {
  const heads = new HeadCache(opened.head);
  const cursors = new CursorCodec(opened.epoch, heads);
  const recentPages = new ReplayPageCache(clock);
  const pages = new CoalescedPageReads({
    store,
    recent: recentPages,
    toStoredEvent: (event, scope) => toStoredEvent(event, cursors, scope),
    toCursor: (scope, position) => cursors.cursor(scope, position),
    findEnd: (scope) => heads.headAt(heads.logHead, scope),
  });
  const requests = new SqliteIdempotencyStore(store, clock);
  return new SqliteEventLog({
    store,
    requests,
    healing: new SqliteHealingMarks(store),
    sinks: new SqliteSinkStore(store, clock),
    inbox: new SqliteInbox(store, cursors, opened.epoch),
    subscribers: new Subscribers(),
    heads,
    cursors,
    recentPages,
    pages,
    conversations: new StoredConversations(opened.conversations),
    clock,
    queueLimit,
    holds,
    retryHorizonMs,
  });
}
