import type { Readable } from 'node:stream';
import type { AttachmentRecord } from '../domain/attachment.js';
import type { Capability, UpstreamKind } from '../domain/capability.js';
import type { ChannelRecord, WebhookRecord } from '../domain/channel.js';
import type { ConversationSelection } from '../domain/conversation-filter.js';
import type { Assignment, ConversationRecord, InteractionRecord, ParticipantRecord } from '../domain/conversation.js';
import type { Customer } from '../domain/customer.js';
import type { CardRecord, MessageRecord } from '../domain/message.js';
import type { Window, WindowOf } from '../domain/window.js';
import type { Span } from '../observability/tracing.js';
import type { RequestBytes } from './upstream/bytes-in-flight.js';

/** As whom we write into a conversation. */
export type Sender = 'CUSTOMER' | 'BOT';

export interface OutgoingMessage {
  readonly sender: Sender;
  readonly text: string | null;
  readonly attachmentIds: readonly string[];
  readonly cards: readonly Pick<CardRecord, 'contentType' | 'content'>[];
}

export interface NewConversation {
  readonly channelId: string;
  readonly customer: Partial<Customer>;
  readonly assignment: Assignment | null;
  /** Oldest first, 200 at most. */
  readonly history: readonly OutgoingMessage[];
}

/** What is to change of a conversation: at least one of the two. Null leaves a property as it is. */
export interface ConversationChange {
  /** Fields that are left out, null or empty stay; `properties`, where given, replace all that were there. */
  readonly customer: Partial<Customer> | null;
  readonly assignment: Assignment | null;
}

/** A channel as it should be. */
export interface ChannelDraft {
  readonly name: string;
  readonly queueId: string;
  readonly webhookId: string;
}

/** A webhook as it should be; it gets this gateway's version of events. */
export interface WebhookDraft {
  readonly name: string;
  readonly url: string;
}

/** A file to upload. */
export interface NewAttachment {
  readonly sender: Sender;
  readonly filename: string;
  /** A media type without parameters. */
  readonly contentType: string;
  /** How many bytes `bytes` yields; it must fail where it yields others. */
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A file on its way from the upstream. */
export interface AttachmentContent {
  /** Null if unknown. */
  readonly sizeBytes: number | null;
  /** Fails if the upstream aborts; to be read to its end or destroyed. */
  readonly bytes: Readable;
}

/** How a conversation goes back to the bot once the agent has left. Null fields use the upstream's defaults. */
export interface ReturnToBot {
  readonly webhookId: string;
  readonly notifyChannelWebhook: boolean | null;
  readonly maxTotalMinutes: number | null;
  readonly userTimeoutMinutes: number | null;
}

/**
 * How fresh a read must be. Two reads of the same thing may share one upstream call only if they carry the same `asOf`: the reader's
 * cursor, obtained before the read. So no read is answered by a call that began before its cursor was obtained.
 */
export interface ReadOptions {
  readonly asOf: string;
  /** The request that what is read is counted for; none by default. */
  readonly bytes?: RequestBytes | null;
  /** Called once the upstream has answered, before anything of the answer is counted or returned: the read rejects if this does. */
  readonly admit?: () => Promise<void>;
}

/** Positions in a conversation's list of messages: from `from` (inclusive) to `before` (exclusive). */
export interface MessageRange {
  readonly from: number;
  /** Null means up to the list's end, where more may be added. */
  readonly before: number | null;
}

/**
 * The contact centre's chat API in domain terms; one implementation a generation.
 *
 * Reads answer null for what is not there (404). All reject with a `GatewayError`: `UpstreamTimeoutError`, `UpstreamUnavailableError`,
 * `UpstreamBusyError`, `RateLimitedError` (with the upstream's retry-after), `UpstreamRejectedError` (4xx). Calls that change something are never retried, and reject
 * with `OutcomeUnknownError` when no answer came (it may have happened), with `NotFoundError` when their conversation is not there.
 */
export interface ChatApi {
  readonly kind: UpstreamKind;
  readonly capabilities: ReadonlySet<Capability>;
  /** Whether its webhooks also report what is done through the API (messages sent, the customer leaving); if not, the gateway synthesizes those events. */
  readonly echoesApiWrites: boolean;

  /** The same API, whose calls are steps of a span. Costs little: there is one for each request that is traced. */
  tracedBy(span: Span): ChatApi;

  conversation(conversationId: string, read: ReadOptions): Promise<ConversationRecord | null>;
  /**
   * All by default, in the upstream's own order, which changes when conversations come and go. Rejects with `UnsupportedByUpstreamError` where `selection`
   * needs a capability that is not there.
   */
  conversations(window: Window, read: ReadOptions, selection?: ConversationSelection): Promise<WindowOf<ConversationRecord>>;
  participants(conversationId: string, read: ReadOptions): Promise<readonly ParticipantRecord[]>;
  /** Oldest first; at most two upstream calls, one where `kind` is `last` and `before` null. */
  messages(conversationId: string, window: Window, read: ReadOptions): Promise<WindowOf<MessageRecord>>;
  /** By its `listedId`, which is the vendor's id where messages have one. */
  message(conversationId: string, listedId: string, read: ReadOptions): Promise<MessageRecord | null>;
  /** Oldest first. */
  interactions(conversationId: string, read: ReadOptions): Promise<readonly InteractionRecord[]>;
  /** The positions of the messages of one of `all` interactions. Null if unknown. */
  locateInteraction(
    conversationId: string,
    interaction: InteractionRecord,
    all: readonly InteractionRecord[],
    read: ReadOptions,
  ): Promise<MessageRange | null>;
  /** The messages of an interaction whose messages are not contiguous, because other interactions overlap it. Null if unknown. */
  interactionMessages(
    conversationId: string,
    interaction: InteractionRecord,
    window: Window,
    read: ReadOptions,
  ): Promise<WindowOf<MessageRecord> | null>;
  channel(channelId: string, read: ReadOptions): Promise<ChannelRecord | null>;
  channels(window: Window, read: ReadOptions): Promise<WindowOf<ChannelRecord>>;
  webhook(webhookId: string, read: ReadOptions): Promise<WebhookRecord | null>;
  webhooks(window: Window, read: ReadOptions): Promise<WindowOf<WebhookRecord>>;
  /** The conversation's files, in the upstream's order; none where there is no such conversation. */
  attachments(conversationId: string, read: ReadOptions): Promise<readonly AttachmentRecord[]>;
  attachment(conversationId: string, attachmentId: string, read: ReadOptions): Promise<AttachmentRecord | null>;
  /** The bytes of a file, streamed: as slowly as they are read, and never as a whole. Resolves once the upstream begins to send. */
  attachmentContent(conversationId: string, attachmentId: string): Promise<AttachmentContent | null>;
  /** The public half of a webhook signing key, as a JWK; null when there is none of that id. */
  signingKey(kid: string): Promise<Readonly<Record<string, unknown>> | null>;

  createConversation(conversation: NewConversation): Promise<{ conversationId: string; createdAt: Date | null }>;
  sendMessage(conversationId: string, message: OutgoingMessage): Promise<void>;
  leaveAsCustomer(conversationId: string): Promise<void>;
  /**
   * Uploads a file, streamed; a message can refer to it then. If `bytes` fails, the upload is aborted, so that the upstream stores nothing of it, and
   * the method rejects with that error.
   */
  uploadAttachment(conversationId: string, attachment: NewAttachment): Promise<{ attachmentId: string }>;
  sendTyping(conversationId: string, sender: Sender): Promise<void>;
  /** The bot is thinking, for so many seconds at most. */
  sendThinking(conversationId: string, maxSeconds: number): Promise<void>;
  /** All messages up to `readAt` have been read. */
  markRead(conversationId: string, reader: Sender, readAt: Date): Promise<void>;
  scheduleReturnToBot(conversationId: string, plan: ReturnToBot): Promise<void>;
  /** `name`: who acts, as the upstream shows it; null to send none. */
  submitCard(conversationId: string, cardId: string, name: string | null): Promise<void>;
  executeCard(conversationId: string, cardId: string, name: string | null): Promise<void>;

  /** The assignment may be carried out after it is acknowledged; events report it. */
  updateConversation(conversationId: string, change: ConversationChange): Promise<void>;

  createChannel(channel: ChannelDraft): Promise<ChannelRecord>;
  /** What is left out stays as it is. */
  updateChannel(channelId: string, change: Partial<ChannelDraft>): Promise<ChannelRecord>;
  /** Its conversations remain. */
  deleteChannel(channelId: string): Promise<void>;
  createWebhook(webhook: WebhookDraft): Promise<WebhookRecord>;
  /** What is left out stays as it is, but for the version of events, which becomes this gateway's. */
  updateWebhook(webhookId: string, change: Partial<WebhookDraft>): Promise<WebhookRecord>;
  /** Rejects with `UpstreamRejectedError` while a channel reports to it. */
  deleteWebhook(webhookId: string): Promise<void>;
  /** Makes the contact centre send a verification request to `url`. Rejects with `UpstreamRejectedError` if it is not acknowledged. */
  verifyWebhook(url: string): Promise<void>;

  close(): Promise<void>;
}
