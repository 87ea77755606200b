import type { Viewer } from '../auth/viewer.js';

/** Whom a request, or an operation on a socket, comes from, and callbacks that close its connection. */
export interface Caller {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly onSlowConsumer?: () => void;
  /** Called when the caller's token turns out to have expired in the middle of a subscription. */
  readonly onTokenExpired?: () => void;
}
