import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Authenticator } from '../../auth/authenticator.js';
import { ANONYMOUS } from '../../auth/viewer.js';
import type { Viewer } from '../../auth/viewer.js';
import type { ScheduleAt } from '../../domain/schedule-at.js';
import { AuthUnavailableError, UnauthenticatedError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import { EXPIRED } from '../execution/end-reasons.js';
import type { OpenConnections } from '../limits/open-connections.js';
import { endsWithError } from './reconnect-closer.js';
import type { ReconnectCloser } from './reconnect-closer.js';

/** RFC 6455 and the IANA registry: try again later. */
export const CLOSE_TRY_AGAIN = 1013;
/** Of `graphql-transport-ws`. Clients reconnect after it with another token; 4401 would strand them. */
const CLOSE_FORBIDDEN = 4403;

export interface SessionOptions {
  readonly authenticator: Authenticator;
  /** For when tokens expire. */
  readonly scheduleAt: ScheduleAt;
  readonly connections: OpenConnections;
  /** Where a client is: the address that a trusted proxy forwards, else the peer's. */
  readonly findAddress: (request: IncomingMessage) => string;
  readonly logger: Logger;
  readonly closer: ReconnectCloser;
}

/** Who is at the other end of which socket, and until when. */
export class SocketSessions {
  constructor(private readonly options: SessionOptions) {}

  /** Who opens this socket. Null if it is being closed, with a code and a reason. */
  async open(socket: WebSocket, request: IncomingMessage, params: Readonly<Record<string, unknown>> | undefined): Promise<Viewer | null> {
    try {
      const viewer = await this.#authenticate(request, params);
      if (socket.readyState !== socket.OPEN) return null;
      return this.#admit(viewer, socket, request) ? viewer : null;
    } catch (error) {
      if (error instanceof UnauthenticatedError) socket.close(CLOSE_FORBIDDEN, reason(error.message));
      else if (error instanceof AuthUnavailableError) socket.close(CLOSE_TRY_AGAIN, reason(error.message));
      else throw error;
      this.options.logger.debug({ error }, 'socket rejected');
      return null;
    }
  }

  /** Closes a socket whose token has expired. Nothing is sent on it any more. */
  expire(socket: WebSocket): void {
    this.options.closer.close(socket, CLOSE_FORBIDDEN, 'The token has expired: reconnect with a new token', EXPIRED);
  }

  /** A client that would only reconnect with the same token is admitted without any rights: its operations are answered UNAUTHENTICATED. */
  async #authenticate(request: IncomingMessage, params: Readonly<Record<string, unknown>> | undefined): Promise<Viewer> {
    try {
      return await this.options.authenticator.authenticate(authorizationIn(params) ?? request.headers.authorization);
    } catch (error) {
      if (error instanceof UnauthenticatedError && endsWithError(params)) return ANONYMOUS;
      throw error;
    }
  }

  #admit(viewer: Viewer, socket: WebSocket, request: IncomingMessage): boolean {
    const left = this.options.connections.acquire(viewer, this.options.findAddress(request));
    if (left === null) {
      socket.close(CLOSE_TRY_AGAIN, this.options.connections.rejectionMessage(viewer));
      return false;
    }
    socket.once('close', left);
    if (viewer.expiresAt !== null) {
      socket.once(
        'close',
        this.options.scheduleAt(viewer.expiresAt.getTime(), () => this.expire(socket)),
      );
    }
    return true;
  }
}

/**
 * `authorization` in any letter case, beside other parameters or among `headers`, which is where clients put it that hand on what they would send over HTTP. A value that is not
 * text is invalid, not absent.
 */
function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = findEntry(params, 'authorization') ?? findEntry(findEntry(params, 'headers'), 'authorization');
  return value === undefined || value === null ? undefined : typeof value === 'string' ? value : '?';
}

function findEntry(record: unknown, name: string): unknown {
  return Object.entries(Object(record) as Record<string, unknown>).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** A close reason has 123 bytes at most (RFC 6455, 5.5). */
const reason = (message: string): string => (message.length <= 123 ? message : message.slice(0, 120) + '...');
