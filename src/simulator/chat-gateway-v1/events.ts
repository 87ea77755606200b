import type { CentreEvent } from '../centre/centre-event.js';
import type { Participant } from '../centre/records.js';
import { messageContent, userResource } from './resources.js';

/** A webhook event of this generation. */
export interface ChatGatewayEvent extends Record<string, unknown> {
  readonly eventType: string;
  readonly conversationId: string;
  /** Epoch milliseconds: when it happened. */
  readonly timestamp: number;
  readonly data?: object;
}

/**
 * The event in this generation's format.
 *
 * @param skewMs milliseconds by which the event's time differs from the contact centre's
 */
export function chatGatewayEvent(event: CentreEvent, skewMs: number): ChatGatewayEvent {
  const { eventType, data } = typeAndData(event);
  const envelope = { eventType, conversationId: event.conversationId, timestamp: event.at + skewMs };
  return data === undefined ? envelope : { ...envelope, data };
}

function typeAndData(event: CentreEvent): { eventType: string; data?: object } {
  switch (event.kind) {
    case 'conversation-changed':
      return { eventType: 'CONVERSATION_UPDATE', data: changeData(event) };
    case 'queued':
      return { eventType: 'QUEUED', data: { queueId: event.queue.id, queueName: event.queue.name } };
    case 'agent-joined':
      return { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'joined', id: event.agent.id } };
    case 'agent-left':
      return { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'left', id: event.agent.id } };
    case 'customer-left':
      return { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'left', id: event.customer.id } };
    case 'transferred':
      return { eventType: 'TRANSFER' };
    case 'message-added':
      return { eventType: 'MESSAGE', data: messageData(event) };
    case 'card-used':
      return { eventType: 'ACTIVITY', data: { name: 'adaptiveCard/action', value: { type: event.action, data: event.data } } };
    case 'typing-changed':
      return { eventType: 'ACTIVITY', data: { name: 'typing', value: { users: event.typing.map(member) } } };
    case 'messages-read':
      return { eventType: 'ACTIVITY', data: { name: 'read-receipts', value: [{ timestamp: event.at, users: [member(event.reader)] }] } };
  }
}

function changeData({ state, assignment, customer, channelType }: CentreEvent & { kind: 'conversation-changed' }): object {
  return { state, assignment: { ...assignment, resourceId: assignment.id }, user: userResource(customer), channel: channelType };
}

/** Events contain neither the message's id nor those of its cards. */
function messageData({ message, viaApi }: CentreEvent & { kind: 'message-added' }): object {
  return {
    isEcho: viaApi,
    sender: member(message.author),
    ...messageContent(message),
    attachments: message.attachments.map(({ id, contentType, url, fileName }) => ({ id, type: contentType, preSignedUrl: url, fileName })),
    cards: message.cards.map(({ contentType, content }) => ({ contentType, content })),
  };
}

function member({ id, type }: Participant): object {
  return { id, type };
}
