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
  /** The type of its events that tell of messages. */
  readonly messageEvent: string;
  /** Where the resources lie. */
  readonly path: string;
  /** What a channel's type is called; null where it is not told. */
  readonly channelType: string | null;
  /** Events that the other generation tells and this one does not, though the same happens. */
  readonly untold: readonly string[];
  /** Its own events tell what is done through the API; else the gateway does, and its word races with the upstream's. */
  readonly echoesApiWrites: boolean;
  /** Whether a customer has left, as far as it is told. */
  readonly customerRemoved: (removed: boolean) => boolean | null;
  /** Messages are listed page by page; else any read of some is one of all. */
  readonly messagesHavePages: boolean;
  /** Rounds that the race between a query and events is run for. */
  readonly races: number;
  /** How it is reached. */
  readonly upstream: (reached: Reached) => RealUpstream;
  /** Parts of a conversation that have a call of their own. */
  readonly readByThemselves: readonly string[];
  /** What `strangeAnswer` comes to, where that differs. */
  readonly strangeConversation: object;
  /** The calls that it takes for a customer to leave, the path of the resources left out. */
  readonly callsToLeave: (conversationId: string) => readonly string[];
  /** Ids of conversations, given in order of creation, as the list of all has them. */
  readonly inListOrder: (ids: readonly string[]) => readonly string[];
  /** The event that tells what an agent says. */
  readonly agentsWord: (conversationId: string, text: string) => object;
  /** The name that events give an agent. */
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
  ],
  contract: CHAT_GATEWAY_CONTRACT,
  eventVersion: 'Chat Gateway v1.0',
  messageEvent: 'MESSAGE',
  path: '/chat-gateway/v1',
  channelType: 'ChatAPI',
  untold: [],
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
  untold: ['CONVERSATION_UPDATED', 'TYPING_CHANGED'],
  echoesApiWrites: false,
  customerRemoved: () => null,
  messagesHavePages: false,
  races: 100,
  upstream: (reached) => ({ kind: 'chat-api-v2', apiSecret: 'the-secret', region: 'us', ...reached }),
  readByThemselves: ['participants', 'messages'],
  strangeConversation: { channel: { type: 'CHAT_API' }, assignment: null, messages: { nodes: [{ messageId: null }] } },
  // The first tells whether there is anything to leave.
  callsToLeave: (id) => [`GET /conversations/${id}`, `DELETE /conversations/${id}/participants/customer`],
  inListOrder: (ids) => ids,
  agentsWord: (conversationId, message) => {
    const agent = { messageType: 'AGENT', agentId: 'a1', agentName: 'Ana' };
    return { eventType: 'TEXT', conversationId, timestamp: Date.now(), message, ...agent };
  },
  agentName: (name) => name,
};

/** Those of some event types that a generation tells. */
export const toldBy = ({ untold }: Generation, types: readonly string[]): readonly string[] =>
  types.filter((type) => !untold.includes(type));

/** A list of tests that both generations must pass. */
export function describeGenerations(name: string, tests: (generation: Generation) => void): void {
  describe.each([CHAT_GATEWAY_V1, CHAT_API_V2])(`${name} ($name)`, tests);
}
