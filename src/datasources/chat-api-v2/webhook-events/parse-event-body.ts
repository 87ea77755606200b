import type { AgentRef } from '../../../domain/events/event-table.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { asId, asText } from '../../../domain/parse-unknown.js';
import type { EventBody } from '../../../webhooks/webhook-format.js';
import { parseQueued } from '../../shared/webhook-events/parse-queued.js';

/** Reads a flat event of webhook version `v2.0`; null if its type is unknown or a required field is missing. */
export function parseEventBody(payload: UnknownRecord): EventBody | null {
  switch (payload['eventType']) {
    case 'QUEUED':
      return parseQueued(payload);
    case 'AGENT_JOINED':
      return withAgent(payload, (agent) => ({ type: 'AGENT_JOINED', data: { agent } }));
    case 'AGENT_LEFT':
      return withAgent(payload, (agent) => ({ type: 'AGENT_LEFT', data: { agent } }));
    case 'TRANSFER':
      return { type: 'CONVERSATION_TRANSFERRED', data: {} };
    case 'TEXT':
      return withAgent(payload, (agent) => agentMessage(payload, agent));
    default:
      return null;
  }
}

function withAgent(payload: UnknownRecord, body: (agent: AgentRef) => EventBody | null): EventBody | null {
  const agentId = asId(payload['agentId']);
  return agentId === null ? null : body({ agentId, name: asText(payload['agentName']) });
}

/** This version reports agents' messages only. */
function agentMessage(payload: UnknownRecord, { agentId, name }: AgentRef): EventBody | null {
  const text = asText(payload['message']);
  if (text === null) return null;
  const author = { participantId: agentId, type: 'AGENT', name, language: null, removed: null } as const;
  return { type: 'MESSAGE_ADDED', data: { message: { author, text, attachments: [], cards: [] }, isEcho: false } };
}
