/** A REST call, recorded on arrival. */
export interface CallRecord {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** When it arrived, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** Null until there is a response. */
  status: number | null;
}

/** Beyond this the oldest calls are dropped, so that a simulator can run for days. */
const MAX_CALLS = 50_000;

/** Adds `call` to `calls`, and drops the oldest one beyond the maximum. */
export function recordCall(calls: CallRecord[], call: CallRecord): void {
  if (calls.length >= MAX_CALLS) calls.shift();
  calls.push(call);
}
