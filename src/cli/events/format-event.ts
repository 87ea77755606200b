import { styleText } from 'node:util';

/** The fields of an event that a line shows and that are printed as JSON. */
export const EVENT_FIELDS = /* GraphQL */ `
  fragment EventLine on ConversationEvent {
    __typename
    id
    type
    conversationId
    occurredAt
    replayed
    cursor
    ... on InteractionQueued {
      queue {
        queueId
        name
      }
    }
    ... on AgentJoined {
      agent {
        agentId
        name
      }
    }
    ... on AgentLeft {
      agent {
        agentId
        name
      }
      endsInteraction
    }
    ... on InteractionEnded {
      reason
    }
    ... on MessageAdded {
      isEcho
      message {
        text
        author {
          type
        }
      }
    }
    ... on TypingChanged {
      typing {
        type
      }
    }
    ... on ConversationUpdated {
      upstreamState
    }
    ... on QuickReplyChosen {
      title
    }
    ... on UnrecognizedEvent {
      eventType
    }
  }
`;

/** An event as it is followed; what else was selected depends on its type. */
export interface FollowedEvent {
  readonly type: string;
  readonly conversationId: string | null;
  readonly occurredAt: string;
  readonly replayed: boolean;
  readonly cursor: string;
  readonly [field: string]: unknown;
}

const SHARED = new Set(['__typename', 'id', 'type', 'conversationId', 'occurredAt', 'replayed', 'cursor']);

/** One line for people: when, where, what. Control characters that a message may hold are escaped, as they would drive the terminal. */
export function eventLine(event: FollowedEvent, isColoured: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const details = Object.entries(event)
    .filter(([name, value]) => !SHARED.has(name) && value !== null)
    .map(([name, value]) => `${paint('dim', `${name}=`)}${printable(value)}`);
  const when = paint('dim', `${event.occurredAt}${event.replayed ? ' (replayed)' : ''}`);
  return [when, paint('cyan', event.conversationId ?? '-'), paint(colourOf(event.type), event.type), ...details].join('  ');
}

function printable(value: unknown): string {
  // JSON escapes what is below the space; terminals heed C1 as well.
  return JSON.stringify(value).replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function colourOf(type: string): 'green' | 'yellow' | 'magenta' | 'blue' {
  if (type === 'MESSAGE_ADDED') return 'green';
  if (type.startsWith('AGENT') || type === 'CONVERSATION_TRANSFERRED') return 'yellow';
  return type.startsWith('INTERACTION') ? 'magenta' : 'blue';
}
