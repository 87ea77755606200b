import { createHash, createHmac } from 'node:crypto';

/** Headers by Standard Webhooks: the id, the time of the attempt and a signature by each secret. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs the exact bytes of a body.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(id: string, body: string, secrets: readonly Uint8Array[], now: number): SignedHeaders {
  const timestamp = String(Math.floor(now / 1_000));
  const content = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** The `webhook-id` of an event: its id, or, of an id that no header can hold, a hash of it. */
export function webhookId(eventId: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(eventId)) return eventId;
  return `sha256-${createHash('sha256').update(eventId).digest('base64url')}`;
}
