import { shortDigest } from '../port/short-digest.js';
import type { PendingSend } from '../../domain/message-matching.js';
import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/** Registers a message that is about to be sent; returns its handle. */
export function registerPendingSend(
  driver: Driver,
  { conversationId, digest, clientMessageId, sentAt }: OperationInput<'registerPendingSend'>,
): string {
  const { lastId } = driver.run(
    'INSERT INTO sends (conversation, digest, client_message_id, sent) VALUES (?, ?, ?, ?)',
    conversationId,
    shortDigest(digest),
    clientMessageId,
    sentAt.getTime(),
  );
  return String(lastId);
}

/** Removes a registered send that was cancelled or matched. */
export function cancelPendingSend(driver: Driver, { handle }: { readonly handle: string }): null {
  driver.run('DELETE FROM sends WHERE handle = CAST(? AS INTEGER)', handle);
  return null;
}

/** SQL: the registered sends of the conversation of the name `?1`, in the order of sending, as a JSON array of arrays. */
export const SELECT_SENDS = `
  SELECT json_group_array(json_array(CAST(handle AS TEXT), digest, client_message_id, sent)) AS sends
  FROM (SELECT handle, digest, client_message_id, sent FROM sends WHERE conversation = ?1 ORDER BY handle)`;

/** The sends that `SELECT_SENDS` selected. */
export const unpackSends = (json: string): PendingSend[] =>
  (JSON.parse(json) as PackedSend[]).map(([handle, digest, clientMessageId, sentAt]) => ({ handle, digest, clientMessageId, sentAt }));

type PackedSend = readonly [handle: string, digest: string, clientMessageId: string | null, sentAt: number];

/** A conversation's registered sends, in the order of sending. */
export const pendingSends = (driver: Driver, conversationId: string): PendingSend[] =>
  unpackSends((driver.row(SELECT_SENDS, conversationId) as { sends: string }).sends);
