import { randomUUID } from 'node:crypto';

/** An event as the contact centre posts it, in the Chat Gateway's format. */
export interface EventBody {
  readonly eventType: string;
  readonly conversationId: string;
  /** When it happened, epoch milliseconds. */
  readonly timestamp: number;
  readonly data?: unknown;
}

const AGENT = 'agent-1';

/** What each kind of event that can be sent by name looks like: its type upstream, and sample data. */
export const SAMPLES: Readonly<Record<string, { readonly eventType: string; readonly data?: Readonly<Record<string, unknown>> }>> = {
  queued: { eventType: 'QUEUED', data: { queueId: 'queue-1', queueName: 'Sales' } },
  'agent-joined': { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'joined', id: AGENT } },
  'agent-left': { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'left', id: AGENT } },
  'customer-joined': { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'joined', id: 'customer-1' } },
  'customer-left': { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'left', id: 'customer-1' } },
  transfer: { eventType: 'TRANSFER' },
  message: {
    eventType: 'MESSAGE',
    data: { isEcho: false, sender: { id: AGENT, type: 'agent' }, text: 'Hello, how can I help?', attachments: [], cards: [] },
  },
  'conversation-update': { eventType: 'CONVERSATION_UPDATE', data: { state: 'active' } },
  typing: { eventType: 'ACTIVITY', data: { name: 'typing', value: { users: [{ id: AGENT, type: 'agent' }] } } },
  'quick-reply': {
    eventType: 'ACTIVITY',
    data: { name: 'quickReply/action', value: { type: 'postback', data: { title: 'Yes', payload: 'yes' } } },
  },
  'card-action': {
    eventType: 'ACTIVITY',
    data: { name: 'adaptiveCard/action', value: { type: 'Action.Submit', data: { choice: 'one' } } },
  },
};

/** A body for an event of a sample's name, or of any type of the contact centre's own; `data` goes over the sample's, field by field. */
export function eventBody(name: string, conversationId: string | undefined, data: Readonly<Record<string, unknown>>): EventBody {
  const sample = SAMPLES[name] ?? { eventType: name };
  const merged = { ...('data' in sample ? sample.data : {}), ...data };
  return {
    eventType: sample.eventType,
    conversationId: conversationId ?? `c-${randomUUID()}`,
    timestamp: Date.now(),
    ...(Object.keys(merged).length === 0 ? {} : { data: merged }),
  };
}
