import type { Tickets } from '../auth/tickets.js';
import type { CustomerTokens } from '../auth/customer-tokens.js';
import type { BytesInFlight } from '../datasources/upstream/bytes-in-flight.js';
import type { ChatApi, OutgoingMessage } from '../datasources/chat-api.js';
import type { Clock } from '../domain/clock.js';
import type { EventLog } from '../events/port/event-log.js';
import type { MessageHealer } from '../events/history/heal-messages.js';
import type { MessageHistory } from '../events/history/message-history.js';
import type { IdempotentExecutor } from '../events/jobs/idempotent-executor.js';
import type { EchoSynthesizer } from '../events/jobs/synthetic-events.js';
import type { Projections } from '../events/history/projections.js';
import type { CustomerPresence } from '../events/port/customer-presence.js';
import type { TypingStore } from '../events/port/typing-store.js';
import type { KnownChannels } from './known-channels.js';
import type { KnownConversations } from './known-conversations.js';

/** What lives as long as the gateway. */
export interface Services {
  readonly api: ChatApi;
  readonly log: EventLog;
  readonly history: MessageHistory;
  /** Null if nothing is healed: switched off, or not supported by the upstream. */
  readonly healer: MessageHealer | null;
  readonly projections: Projections;
  /** Null if the upstream echoes API writes as events itself. */
  readonly echoes: EchoSynthesizer<OutgoingMessage> | null;
  readonly typing: TypingStore;
  /** Null unless a sink asks for it. */
  readonly presence: CustomerPresence | null;
  readonly known: KnownConversations;
  readonly channels: KnownChannels;
  /** For mutations that create. */
  readonly idempotency: IdempotentExecutor;
  readonly clock: Clock;
  /** For the uploads and downloads of attachments. */
  readonly tickets: Tickets;
  readonly customerTokens: CustomerTokens;
  /** Where clients reach this gateway, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly version: string;
  /** How long one request may wait for reads of the upstream in total. */
  readonly requestTimeoutMs: number;
  /** Bounds the bytes of upstream responses that each viewer's requests hold. Null if viewers are not authenticated. */
  readonly bytesInFlight: BytesInFlight | null;
}
