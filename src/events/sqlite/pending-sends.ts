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

/** A conversation's registered sends with these digests, in the order of sending. */
export function pendingSends(driver: Driver, conversationId: string, digests: readonly string[]): PendingSend[] {
  const sends = driver.rows(
    `SELECT CAST(handle AS TEXT) AS handle, digest, client_message_id AS clientMessageId, sent AS sentAt
     FROM sends WHERE conversation = ? ORDER BY handle`,
    conversationId,
  ) as PendingSend[];
  return sends.length === 0 ? sends : sends.filter(({ digest }) => digests.includes(digest));
}
