import type { GraphQLFormattedError } from 'graphql';
import { CommandError } from '../command-error.js';
import type { AskedGateway } from './gateway-options.js';

/** `graphql-transport-ws`: the token is invalid or has expired. */
const CLOSE_FORBIDDEN = 4403;
/** What `ws` says if an HTTP response arrived instead of an upgrade. */
const HTTP_ANSWER = /^Unexpected server response: (\d{3})$/;

/** The reason why a connection failed, as far as there is one: what `ws` reported, and how the socket was closed. */
export interface ConnectionFailure {
  readonly error: unknown;
  readonly closed: unknown;
}

/** The error to show if a retry cannot help; null if it can. */
export function failureForGood(failure: ConnectionFailure, { url, token }: AskedGateway, wasConnected: boolean): CommandError | null {
  const { code, reason } = parseClose(failure.closed);
  if (code === CLOSE_FORBIDDEN)
    return new CommandError(`The gateway at ${url} rejected the token${reason === '' ? '.' : `: ${reason}`}${hint(token)}`);
  if (wasConnected) return null;
  const status = HTTP_ANSWER.exec(toMessage(failure.error))?.[1];
  if (status !== undefined)
    return new CommandError(`There is no gateway at ${url}, or a proxy in front of it does not accept WebSockets (HTTP ${status}).`);
  if (reason !== '') return new CommandError(`The gateway at ${url} closed the connection (${code}): ${reason}`);
  return new CommandError(`The gateway at ${url} is unreachable.`);
}

/** Why a connection was lost, in one line. */
export function describeLoss({ error, closed }: ConnectionFailure): string {
  const { code, reason } = parseClose(closed);
  // 1005 and 1006 stand for a close without a code, and for none.
  const close = code === 0 || code === 1005 || code === 1006 ? '' : [reason, code].filter((part) => part !== '').join(', ');
  return [close, toMessage(error)].find((text) => text !== '') ?? 'the connection was closed';
}

/** The error that the gateway rejected with, and what to do if a token is missing or invalid. */
export function toCommandError(errors: readonly GraphQLFormattedError[], { token }: AskedGateway): CommandError {
  const isForToken = errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
  return new CommandError(`${summarize(errors)}${isForToken ? hint(token) : ''}`);
}

/** What the gateway said, with the code; its errors hold nothing that a client may not know. */
export function summarize(errors: readonly GraphQLFormattedError[]): string {
  return errors
    .map(({ message, extensions }) => [extensions?.['code'], message].filter((part) => typeof part === 'string').join(': '))
    .join(' ');
}

const hint = (token: string | undefined): string => (token === undefined ? ' Pass one with --token or GATEWAY_TOKEN.' : '');

function parseClose(closed: unknown): { code: number; reason: string } {
  const { code, reason } = Object(closed) as { code?: unknown; reason?: unknown };
  return { code: typeof code === 'number' ? code : 0, reason: typeof reason === 'string' ? reason : '' };
}

function toMessage(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}
