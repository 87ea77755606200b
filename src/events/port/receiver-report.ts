import type { ReceiverReport } from './sink-store.js';

/** A report as it is stored: times are epoch milliseconds, 0 if there is none. */
export interface StoredReport {
  readonly acceptedAt: number;
  readonly failedAt: number;
  readonly reason: string;
}

export const fromReport = ({ acceptedAt, lastFailure }: ReceiverReport): StoredReport => ({
  acceptedAt: acceptedAt?.getTime() ?? 0,
  failedAt: lastFailure?.at.getTime() ?? 0,
  reason: lastFailure?.reason ?? '',
});

export const toReport = ({ acceptedAt, failedAt, reason }: StoredReport): ReceiverReport => ({
  acceptedAt: acceptedAt === 0 ? null : new Date(acceptedAt),
  lastFailure: failedAt === 0 ? null : { at: new Date(failedAt), reason },
});
