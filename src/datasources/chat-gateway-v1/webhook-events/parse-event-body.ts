import { UNKNOWN_CUSTOMER } from '../../../domain/customer.js';
import type { Customer } from '../../../domain/customer.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { asFlag, asId, asRecord, asText } from '../../../domain/parse-unknown.js';
import { messageContent } from '../../shared/message-content.js';
import { assignment, channelType, customerFromUser } from '../../shared/enums.js';
import { parseQueued } from '../../shared/webhook-events/parse-queued.js';
import type { EventBody } from '../../../webhooks/webhook-format.js';
import { parseActivity } from './parse-activity.js';

/** Reads an event of webhook version `Chat Gateway v1.0`, whose fields are under `data`; null if its type is unknown or a required field is missing or malformed. */
export function parseEventBody(payload: UnknownRecord): EventBody | null {
  const data = asRecord(payload['data']);
  if (data === null) return null;
  switch (payload['eventType']) {
    case 'QUEUED':
      return parseQueued(data);
    case 'MEMBERS_CHANGED':
      return membersChanged(data);
    case 'TRANSFER':
      return { type: 'CONVERSATION_TRANSFERRED', data: {} };
    case 'MESSAGE':
      return messageAdded(data);
    case 'CONVERSATION_UPDATE':
      return conversationUpdated(data);
    case 'ACTIVITY':
      return parseActivity(data);
    default:
      return null;
  }
}

function membersChanged(data: UnknownRecord): EventBody | null {
  const agentId = asId(data['id']);
  switch (`${asText(data['memberType']) ?? ''} ${asText(data['change']) ?? ''}`.toLowerCase()) {
    case 'agent joined':
      return agentId === null ? null : { type: 'AGENT_JOINED', data: { agent: { agentId, name: asText(data['name']) } } };
    case 'agent left':
      return agentId === null ? null : { type: 'AGENT_LEFT', data: { agent: { agentId, name: asText(data['name']) } } };
    case 'user joined':
      return { type: 'CUSTOMER_JOINED', data: {} };
    case 'user left':
      return { type: 'CUSTOMER_LEFT', data: {} };
    default:
      return null;
  }
}

/** Read by the same function as history: what is unreadable is left out, so that live subscribers miss no text that the history shows. */
function messageAdded(data: UnknownRecord): EventBody {
  return { type: 'MESSAGE_ADDED', data: { message: messageContent(data, data['sender']), isEcho: asFlag(data['isEcho']) ?? false } };
}

function conversationUpdated(data: UnknownRecord): EventBody {
  const channel = asText(data['channel']) ?? asText(asRecord(data['channel'])?.['type']);
  return {
    type: 'CONVERSATION_UPDATED',
    data: {
      upstreamState: asText(data['state']),
      assignment: assignment(data['assignment']),
      customer: customer(data),
      channelType: channel === null ? null : channelType(channel),
    },
  };
}

/** `msisdn` is the customer's phone number on phone-based channels, used if `user` has none. */
function customer(data: UnknownRecord): Customer | null {
  const user = customerFromUser(data['user']);
  const msisdn = asId(data['msisdn']);
  return msisdn === null || (user !== null && user.phone !== null) ? user : { ...(user ?? UNKNOWN_CUSTOMER), phone: msisdn };
}
