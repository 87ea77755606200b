import type { GatewayError } from '../../domain/errors.js';
import {
  OutcomeUnknownError,
  RateLimitedError,
  UpstreamRejectedError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../../domain/errors.js';
import { asList, asRecord, asText } from '../../domain/parse-unknown.js';
import { rejectionReasons } from './rejection-reasons.js';

/*
 * The error that an upstream's answer means, or the lack of an answer. The message of each is for clients and the same whatever happened; the message of its `cause` is
 * one line for operators, and holds no URL, header, key or body either.
 */

/** The response, whatever its status. */
export interface UpstreamAnswer {
  readonly status: number;
  /** From `Retry-After`; null if not sent. */
  readonly retryAfterMs: number | null;
  readonly text: string;
}

const because = (line: string): { cause: Error } => ({ cause: new Error(line) });

function unavailable(line: string, retryAfterMs: number | null = null): UpstreamUnavailableError {
  return new UpstreamUnavailableError('The contact centre is not available at the moment.', retryAfterMs, because(line));
}

/** A change was sent, and the answer does not show whether it was made. `line` is for operators. */
export function outcomeUnknown(line: string): OutcomeUnknownError {
  return new OutcomeUnknownError('The contact centre did not confirm the change: it may have been made or not.', because(line));
}

/** An answer to a read that is not what the contract says. `line` is for operators: what was missing, never the answer itself. */
export function unreadable(line: string): UpstreamUnavailableError {
  return unavailable(`unreadable answer: ${line}`);
}

/** The error that an answer means; null for a success (2xx). Callers handle 404 before. */
export function errorOfAnswer({ status, retryAfterMs, text }: UpstreamAnswer, changes: boolean): GatewayError | null {
  const line = `HTTP ${status}`;
  if (status >= 200 && status < 300) return null;
  if (status === 429) return new RateLimitedError('The contact centre accepts no more requests for now.', retryAfterMs, because(line));
  if (status === 401 || status === 403) return unavailable(`the contact centre rejected the gateway's credentials (${line})`);
  // An intermediary had no answer from behind it: the request may have arrived there all the same.
  if (changes && (status === 502 || status === 504)) return outcomeUnknown(line);
  if (status < 400 || status >= 500) return unavailable(line, retryAfterMs);
  const reasons = rejectionReasons(parsedJson(text) ?? null);
  return new UpstreamRejectedError('The contact centre rejected the request.', status, reasons, because(line));
}

/**
 * The JSON value of an answer that confirms a change; null if there is none. Throws the error that it means; and `OutcomeUnknownError` for a success of another status
 * than the contract's, or a 200 without JSON: whatever stands in between answers so too, and says nothing of the change.
 */
export function confirmed(answer: UpstreamAnswer, accepts: number): unknown {
  const error = errorOfAnswer(answer, true);
  if (error !== null) throw error;
  if (answer.status !== accepts) throw outcomeUnknown(`HTTP ${answer.status} where ${accepts} confirms it`);
  const body = parsedJson(answer.text);
  if (body === undefined && accepts === 200) throw outcomeUnknown('HTTP 200 without JSON');
  return body ?? null;
}

/** The error of a call without a complete answer. `timedOut`: the call was aborted by our timeout. */
export function errorOfFailure(error: unknown, changes: boolean, timedOut: boolean): GatewayError {
  if (!timedOut && neverConnected(error)) return unavailable(lineFor(error));
  if (changes) return outcomeUnknown(timedOut ? 'no answer in time' : lineFor(error));
  if (timedOut) return new UpstreamTimeoutError('The contact centre did not answer in time.', because('no answer in time'));
  return unavailable(lineFor(error));
}

/** The JSON value in a text; undefined where there is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The connection was never made (no such name, refused, certificate not trusted), so that surely nothing was sent. */
function neverConnected(error: unknown): boolean {
  const record = asRecord(error);
  if (record === null) return false;
  const syscall = asText(record['syscall']);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (/CERT|^UNABLE_TO_|^ERR_TLS|^UND_ERR_CONNECT_TIMEOUT/.test(asText(record['code']) ?? '')) return true;
  // Several addresses of one name were tried.
  const attempts = asList(record['errors']);
  return attempts.length > 0 ? attempts.every(neverConnected) : neverConnected(record['cause']);
}

/** Node's error code; never the error's own words, which hold addresses. */
function lineFor(error: unknown): string {
  return asText(asRecord(error)?.['code']) ?? 'no whole answer';
}
