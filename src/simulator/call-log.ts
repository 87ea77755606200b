/** One REST call, written down when it comes in. */
export interface CallRecord {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Null until it is answered. */
  status: number | null;
}

/** The oldest calls are forgotten beyond this many, so that a simulator can run for days. */
const MAX_CALLS = 50_000;

/** Adds `call` to `calls`, at the cost of the oldest one when there are too many. */
export function recordCall(calls: CallRecord[], call: CallRecord): void {
  if (calls.length >= MAX_CALLS) calls.shift();
  calls.push(call);
}
