import { asId, asText } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import type { EventBody } from '../../../webhooks/webhook-format.js';

/** `queueId`, `queueName`: the same fields in both generations. Null without a queue id. */
export function parseQueued(fields: UnknownRecord): EventBody | null {
  const queueId = asId(fields['queueId']);
  return queueId === null ? null : { type: 'INTERACTION_QUEUED', data: { queue: { queueId, name: asText(fields['queueName']) } } };
}
