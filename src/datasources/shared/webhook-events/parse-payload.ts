import { asRecord, asText, asTime } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import type { EventBody, ParsedPayload } from '../../../webhooks/webhook-format.js';

/** Reads what a generation's events say beside the fields that both generations share; null if it is not one of its events. */
export type EventBodyParser = (payload: UnknownRecord) => EventBody | null;

/** Reads the fields that both generations share (`eventType`, `conversationId`, `timestamp`), and the body by the first of `parsers` that recognizes it. */
export function parsePayload(payload: unknown, parsers: readonly EventBodyParser[]): ParsedPayload {
  const record = asRecord(payload) ?? {};
  return {
    conversationId: asText(record['conversationId']),
    occurredAt: asTime(record['timestamp']),
    eventType: asText(record['eventType']) ?? '',
    body: firstBody(record, parsers),
  };
}

function firstBody(record: UnknownRecord, parsers: readonly EventBodyParser[]): EventBody | null {
  for (const parse of parsers) {
    const body = parse(record);
    if (body !== null) return body;
  }
  return null;
}

/** The payload of the request that the contact centre sends when a webhook is verified. */
export const isEndpointVerification = (payload: unknown): boolean => asRecord(payload)?.['eventType'] === 'WEB_HOOK_VERIFY';
