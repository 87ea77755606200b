import type { MessageIdentity } from '../../domain/message-identity.js';
import type { Driver, SqlValue } from './driver.js';
import type { SerializedEvent } from './worker-protocol.js';

interface EventRow {
  readonly seq: number;
  readonly json: string;
  readonly key: string | null;
  readonly listedId: string | null;
  readonly clientMessageId: string | null;
}

/** Events with the current identities of their messages. */
export const SELECT_STORED_EVENTS = `
  SELECT e.seq, e.json, n.key, n.listed_id AS listedId, n.client_message_id AS clientMessageId
  FROM events e LEFT JOIN names n ON n.conversation = e.conversation AND n.key = e.name_key`;

/** Reads events; `sql` starts with `SELECT_STORED_EVENTS`. */
export function selectStoredEvents(driver: Driver, sql: string, ...values: SqlValue[]): SerializedEvent[] {
  return (driver.rows(sql, ...values) as EventRow[]).map(({ seq, json, key, listedId, clientMessageId }) => {
    const identity: MessageIdentity | null = key === null ? null : { id: key, listedId, clientMessageId };
    return { seq, json, identity };
  });
}
