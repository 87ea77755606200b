import type { ErrorCode } from '../../domain/errors.js';
import type { TraceFields } from '../../observability/tracing.js';
import type { RequestBytes } from './bytes-in-flight.js';

/** A GET. */
export interface ReadCall {
  readonly operation: string;
  /** Begins with a slash; ids in it are percent-encoded (`resourcePath`). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** See `ReadOptions`. Null if shared with no other read, as one must be that a change is worked out from. */
  readonly asOf: string | null;
  /** The request that the answer is counted for; none by default. */
  readonly bytes?: RequestBytes | null;
  /** See `ReadOptions`. */
  readonly admit?: () => Promise<void>;
  /** Without credentials. */
  readonly anonymous?: boolean;
}

/** A call that changes something. */
export interface ChangeCall {
  readonly operation: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The status with which the contract confirms it. Any other success is somebody else's answer, and leaves open what became of the call. */
  readonly accepts: number;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form instead. */
  readonly form?: Readonly<Record<string, string>>;
  /** The error message for clients if the upstream answers 404. */
  readonly notFound: string;
}

/** Calls to the upstream, as `UpstreamClient` makes them. */
export interface UpstreamCalls {
  read(call: ReadCall): Promise<unknown>;
  change(call: ChangeCall): Promise<unknown>;
}

/** One call as it went, for logs and metrics; with the ids of its caller's span. */
export interface UpstreamCallReport extends TraceFields {
  /** A stable name such as `conversations.get`. */
  readonly operation: string;
  readonly method: string;
  /** HTTP status; null when no whole answer came. */
  readonly status: number | null;
  /** Null when the call went well; a read's 404 did. */
  readonly fault: ErrorCode | null;
  /** What was wrong, in one line for operators, which `/readyz` shows: no URL, header, key or text of the answer. Null if nothing more is known. */
  readonly reason: string | null;
  /** False if it was not sent, since the upstream is known to be down. */
  readonly called: boolean;
  readonly durationMs: number;
}
