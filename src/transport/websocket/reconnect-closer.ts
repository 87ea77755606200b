import type { GraphQLFormattedError } from 'graphql';
import type { WebSocket } from 'ws';

/** Ends each subscription of a socket with this reason. */
type EndSubscriptions = (reason: GraphQLFormattedError) => void;

/** Whether a client asked, with `connection_init`, for errors instead of closes. Routers fill in templates, whose values are text. */
export function endsWithError(params: Readonly<Record<string, unknown>> | undefined): boolean {
  const asked = params?.['endWithError'];
  return asked === true || asked === 'true';
}

/**
 * Closes sockets whose clients are to reconnect. A client that resumes knows from the close code what to do. One that repeats its subscriptions as they first were, as
 * routers do, would miss or repeat events: if it asked for that (`endWithError` among its `connectionParams`), its subscriptions end with an error before.
 */
export class ReconnectCloser {
  readonly #ends = new WeakMap<WebSocket, EndSubscriptions>();

  /** @param params what the client sent with `connection_init` */
  register(socket: WebSocket, params: Readonly<Record<string, unknown>> | undefined, end: EndSubscriptions): void {
    if (endsWithError(params)) this.#ends.set(socket, end);
  }

  close(socket: WebSocket, code: number, closeReason: string, endReason: GraphQLFormattedError): void {
    this.#ends.get(socket)?.(endReason);
    socket.close(code, closeReason);
  }
}
