import { styleText } from 'node:util';
import type { EventType } from '../../domain/event.js';

interface EventFormat {
  readonly colour: 'green' | 'yellow' | 'magenta' | 'blue';
  /** The fields that a line shows besides those of every event. Null if none. */
  readonly fields: string | null;
}

const FORMATS: Readonly<Record<EventType, EventFormat>> = {
  INTERACTION_QUEUED: { colour: 'magenta', fields: '... on InteractionQueued { queue { queueId name } }' },
  AGENT_JOINED: { colour: 'yellow', fields: '... on AgentJoined { agent { agentId name } }' },
  AGENT_LEFT: { colour: 'yellow', fields: '... on AgentLeft { agent { agentId name } endsInteraction }' },
  CONVERSATION_TRANSFERRED: { colour: 'yellow', fields: null },
  INTERACTION_ENDED: { colour: 'magenta', fields: '... on InteractionEnded { reason }' },
  CUSTOMER_JOINED: { colour: 'blue', fields: null },
  CUSTOMER_LEFT: { colour: 'blue', fields: null },
  MESSAGE_ADDED: { colour: 'green', fields: '... on MessageAdded { isEcho message { text author { type } } }' },
  TYPING_CHANGED: { colour: 'blue', fields: '... on TypingChanged { typing { type } }' },
  MESSAGES_READ: { colour: 'blue', fields: null },
  CONVERSATION_UPDATED: { colour: 'blue', fields: '... on ConversationUpdated { upstreamState }' },
  CARD_ACTION_INVOKED: { colour: 'blue', fields: null },
  QUICK_REPLY_CHOSEN: { colour: 'blue', fields: '... on QuickReplyChosen { title }' },
  CHANNEL_ACTIVITY: { colour: 'blue', fields: null },
  UNRECOGNIZED: { colour: 'blue', fields: '... on UnrecognizedEvent { eventType }' },
};

/** The fields that a line or its JSON shows. */
export const EVENT_FIELDS = /* GraphQL */ `
  fragment EventFields on ConversationEvent {
    __typename
    id
    type
    conversationId
    occurredAt
    source
    replayed
    cursor
    ${Object.values(FORMATS)
      .flatMap(({ fields }) => fields ?? [])
      .join('\n    ')}
  }
`;

/** An event as selected by `EVENT_FIELDS`; its other fields depend on its type. */
export interface FollowedEvent {
  readonly type: string;
  readonly conversationId: string | null;
  readonly occurredAt: string;
  /** `WEBHOOK` for what the contact centre reported; a newer gateway may know more than `GATEWAY` and `HISTORY`. */
  readonly source: string;
  readonly replayed: boolean;
  readonly cursor: string;
  readonly [field: string]: unknown;
}

const SHARED = new Set(['__typename', 'id', 'type', 'conversationId', 'occurredAt', 'source', 'replayed', 'cursor']);

/** One line for people: when, where, what. Control characters of a message are escaped: a terminal would execute them. */
export function eventLine(event: FollowedEvent, isColoured: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const details = Object.entries(event)
    .filter(([name, value]) => !SHARED.has(name) && value !== null)
    .map(([name, value]) => `${paint('dim', `${name}=`)}${printable(value)}`);
  // A newer gateway may send types that this version does not know.
  const { colour } = Object.hasOwn(FORMATS, event.type) ? FORMATS[event.type as EventType] : FORMATS.UNRECOGNIZED;
  // What no webhook reported may look late or out of order.
  const notes = [...(event.replayed ? ['replayed'] : []), ...(event.source === 'WEBHOOK' ? [] : [event.source.toLowerCase()])];
  const when = paint('dim', `${event.occurredAt}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`);
  return [when, paint('cyan', event.conversationId ?? '-'), paint(colour, event.type), ...details].join('  ');
}

function printable(value: unknown): string {
  // JSON escapes C0 only; terminals obey C1 too.
  return JSON.stringify(value).replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
