import type { Viewer } from '../auth/viewer.js';
import type { Span } from '../observability/tracing.js';

/** Whom a request, or an operation on a socket, comes from, and callbacks that close its connection. */
export interface Caller {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** What is done for it is a step of this; none if nothing is traced. */
  readonly span?: Span | null;
  readonly onSlowConsumer?: () => void;
  /** Called when the caller's token turns out to have expired in the middle of a subscription. */
  readonly onTokenExpired?: () => void;
}
