import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

export interface ReceiverRow {
  readonly accepted: number;
  readonly failed: number;
  readonly reason: string;
}

const NOTHING: ReceiverRow = { accepted: 0, failed: 0, reason: '' };

/** See `SinkStore.report`. */
export function reportReceiver(driver: Driver, { sink, acceptedAt, failedAt, reason }: OperationInput<'reportReceiver'>): null {
  driver.run(
    `INSERT INTO sink_receivers (sink, accepted, failed, reason) VALUES (?, ?, ?, ?) ON CONFLICT (sink) DO UPDATE SET
       reason = CASE WHEN excluded.failed > failed THEN excluded.reason ELSE reason END,
       failed = max(failed, excluded.failed),
       accepted = max(accepted, excluded.accepted)`,
    sink,
    acceptedAt,
    failedAt,
    reason,
  );
  return null;
}

export const readReceiver = (driver: Driver, sink: string): ReceiverRow =>
  (driver.row('SELECT accepted, failed, reason FROM sink_receivers WHERE sink = ?', sink) as ReceiverRow | undefined) ?? NOTHING;
