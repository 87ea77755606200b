import type { RealUpstream } from '../../src/datasources/generations.js';
import { CHAT_API_CONTRACT, CHAT_GATEWAY_CONTRACT } from './vendor-contract.js';

type Reached = Pick<RealUpstream, 'url' | 'apiKey' | 'tenantId' | 'customerId'>;

/** What tests may expect to differ between the upstream's two generations. All else is the same in both. */
export interface Generation {
  /** As in `UPSTREAM`. */
  readonly name: 'chat-gateway-v1' | 'chat-api-v2';
  /** As in `gateway { upstream }`. */
  readonly kind: 'CHAT_GATEWAY_V1' | 'CHAT_API_V2';
  readonly capabilities: readonly string[];
  /** The vendor's description, where it is present. */
  readonly contract: string;
  /** The version of events that webhooks are registered for. */
  readonly eventVersion: string;
  /** The type of its message events. */
  readonly messageEvent: string;
  /** The path that the resources are under. */
  readonly path: string;
  /** The type that it reports for a channel of ours; null if it reports none. */
  readonly channelType: string | null;
  /** Events that the other generation sends for the same things and this one does not. */
  readonly unreported: readonly string[];
  /** Whether it sends events for what is done through the API. If not, the gateway appends its own, which race with the upstream's other events. */
  readonly echoesApiWrites: boolean;
  /** `Participant.removed` of a customer who has left, or not; null if unknown. */
  readonly customerRemoved: (removed: boolean) => boolean | null;
  /** Whether messages are listed page by page; if not, every read returns all of them. */
  readonly messagesHavePages: boolean;
  /** How many rounds the test of queries that race with events runs. */
  readonly races: number;
  /** Settings to reach it. */
  readonly upstream: (reached: Reached) => RealUpstream;
  /** Parts of a conversation that have a call of their own. */
  readonly readByThemselves: readonly string[];
  /** What the gateway makes of `strangeAnswer`, as far as generations differ. */
  readonly strangeConversation: object;
  /** The calls that a customer's leaving needs, without the path of the resources. */
  readonly callsToLeave: (conversationId: string) => readonly string[];
  /** Sorts ids of conversations, given in order of creation, as the list of all conversations does. */
  readonly inListOrder: (ids: readonly string[]) => readonly string[];
  /** The event for a message of an agent. */
  readonly agentsWord: (conversationId: string, text: string) => object;
  /** The name that events have for an agent; null if none. */
  readonly agentName: (name: string) => string | null;
}

export const CHAT_GATEWAY_V1: Generation = {
  name: 'chat-gateway-v1',
  kind: 'CHAT_GATEWAY_V1',
  capabilities: [
    'MESSAGE_LOOKUP',
    'ASSIGNMENT',
    'UPDATE_CONVERSATION',
    'FILTER_BY_STATE',
    'ATTACHMENTS',
    'CARDS',
    'TYPING',
    'THINKING',
    'READ_RECEIPTS',
    'RETURN_TO_BOT',
    'MESSAGE_TIMES',
    'CUSTOMER_PRESENCE',
    'CHANNEL_TYPES',
    'HEALING',
  ],
  contract: CHAT_GATEWAY_CONTRACT,
  eventVersion: 'Chat Gateway v1.0',
  messageEvent: 'MESSAGE',
  path: '/chat-gateway/v1',
  channelType: 'ChatAPI',
  unreported: [],
  echoesApiWrites: true,
  customerRemoved: (removed) => removed,
  messagesHavePages: true,
  races: 1_000,
  upstream: (reached) => ({ kind: 'chat-gateway-v1', ...reached }),
  readByThemselves: ['participants', 'messages', 'interactions'],
  strangeConversation: {
    channel: { type: 'OTHER' },
    assignment: { type: 'OTHER', targetId: 'q1' },
    messages: { nodes: [{ messageId: 'm1' }] },
  },
  callsToLeave: (id) => [`PATCH /conversations/${id}/participants/user`],
  inListOrder: (ids) => ids.toSorted(),
  agentsWord: (conversationId, text) => {
    const data = { isEcho: false, sender: { id: 'a1', type: 'agent' }, text, attachments: [], cards: [] };
    return { eventType: 'MESSAGE', conversationId, timestamp: Date.now(), data };
  },
  agentName: () => null,
};

export const CHAT_API_V2: Generation = {
  name: 'chat-api-v2',
  kind: 'CHAT_API_V2',
  capabilities: ['MESSAGE_TRANSLATION', 'FILTER_BY_STATE', 'FILTER_BY_PROPERTY', 'ORDER_BY_CREATION', 'AGENT_NAMES'],
  contract: CHAT_API_CONTRACT,
  eventVersion: 'v2.0',
  messageEvent: 'TEXT',
  path: '/vcc/us/chat/v2/tenant/acme01',
  channelType: null,
  unreported: ['CONVERSATION_UPDATED', 'TYPING_CHANGED'],
  echoesApiWrites: false,
  customerRemoved: () => null,
  messagesHavePages: false,
  races: 100,
  upstream: (reached) => ({ kind: 'chat-api-v2', apiSecret: 'the-secret', region: 'us', ...reached }),
  readByThemselves: ['participants', 'messages'],
  strangeConversation: { channel: { type: 'CHAT_API' }, assignment: null, messages: { nodes: [{ messageId: null }] } },
  // The first finds out whether there is anything to leave.
  callsToLeave: (id) => [`GET /conversations/${id}`, `DELETE /conversations/${id}/participants/customer`],
  inListOrder: (ids) => ids,
  agentsWord: (conversationId, message) => {
    const agent = { messageType: 'AGENT', agentId: 'a1', agentName: 'Ana' };
    return { eventType: 'TEXT', conversationId, timestamp: Date.now(), message, ...agent };
  },
  agentName: (name) => name,
};

/** Those of some event types that a generation reports. */
export const reportedBy = ({ unreported }: Generation, types: readonly string[]): readonly string[] =>
  types.filter((type) => !unreported.includes(type));

/** A list of tests that both generations must pass. */
export function describeGenerations(name: string, tests: (generation: Generation) => void): void {
  describe.each([CHAT_GATEWAY_V1, CHAT_API_V2])(`${name} ($name)`, tests);
}
