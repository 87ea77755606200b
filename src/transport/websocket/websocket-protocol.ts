import { CloseCode, MessageType, parseMessage } from 'graphql-ws';
import type { Message, PingMessage, SubscribePayload } from 'graphql-ws';
import type { GraphQLFormattedError } from 'graphql';
import type { RawData, WebSocket } from 'ws';
import { isNestedDeeperThan } from '../../domain/nesting-depth.js';
import type { Logger } from '../../observability/logger.js';
import { SocketOperation } from './socket-operation.js';
import type { OperationWire } from './socket-operation.js';

/** How deep lists and objects in the payload of a `ping` may be nested. */
const MAX_PING_DEPTH = 120;

export interface ProtocolOptions {
  readonly wire: OperationWire;
  readonly logger: Logger;
  /** How long a client may take to say who it is, in milliseconds; then 4408. */
  readonly initTimeoutMs: number;
  /** Takes what a client says of itself. False if the socket is being closed, with a reason. */
  readonly connect: (params: Readonly<Record<string, unknown>> | undefined) => Promise<boolean>;
  /** Starts an operation. What becomes of it is up to the operation; a rejection is an internal error. */
  readonly start: (operation: SocketOperation, payload: SubscribePayload, running: number) => Promise<void>;
}

/**
 * The server's side of `graphql-transport-ws` on one socket. An operation is one object from its `subscribe` to its end, and not what stands under its id at the moment: so
 * nothing follows a client's `complete`, and an id may be reused immediately.
 */
export class SocketProtocol {
  readonly #operations = new Map<string, SocketOperation>();
  readonly #initTimer: NodeJS.Timeout;
  #stage: 'new' | 'connecting' | 'connected' = 'new';

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ProtocolOptions,
  ) {
    this.#initTimer = setTimeout(
      () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      options.initTimeoutMs,
    );
    socket.on('message', (data) => {
      // Thrown from here, an error of one message would end the process.
      try {
        this.#receive(data);
      } catch (error) {
        this.#broken(error);
      }
    });
    socket.once('close', () => this.#closed());
  }

  /** Sends the cursors of those operations that have moved on without a result since, in a `ping`: a payload that clients may use and must not mind. */
  sendBookmarks(): void {
    const cursors: Record<string, string> = {};
    for (const [id, operation] of this.#operations) {
      const cursor = operation.newBookmark();
      if (cursor !== null) cursors[id] = cursor;
    }
    if (Object.keys(cursors).length > 0) this.#send({ type: MessageType.Ping, payload: { cursors } });
  }

  /** Ends its subscriptions with a reason that is about the socket. Those that have not begun are left: nothing of them was sent. */
  endSubscriptions(reason: GraphQLFormattedError): void {
    for (const operation of [...this.#operations.values()]) operation.endBecause(reason);
  }

  #receive(data: RawData): void {
    const message = messageIn(data);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.#connect(message.payload ?? undefined).catch(this.#broken);
        return;
      case MessageType.Ping:
        this.#answerPing(message.payload);
        return;
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        this.#subscribe(message.id, message.payload);
        return;
      case MessageType.Complete:
        this.#operations.get(message.id)?.stop();
        return;
      default:
        // No message of the protocol, or one that only a server sends.
        this.socket.close(CloseCode.BadRequest, 'Invalid message received');
    }
  }

  /** A payload is returned as it is; one that is nested too deep to be written as JSON is rejected. */
  #answerPing(payload: PingMessage['payload']): void {
    if (isNestedDeeperThan(MAX_PING_DEPTH, payload)) this.socket.close(CloseCode.BadRequest, 'Invalid message received');
    else this.#send({ type: MessageType.Pong, ...(payload ? { payload } : {}) });
  }

  async #connect(params: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    if (this.#stage !== 'new') {
      this.socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    this.#stage = 'connecting';
    clearTimeout(this.#initTimer);
    if (!(await this.options.connect(params))) return;
    this.#stage = 'connected';
    this.#send({ type: MessageType.ConnectionAck });
  }

  #subscribe(id: string, payload: SubscribePayload): void {
    if (this.#stage !== 'connected') {
      this.socket.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id.slice(0, 60)} already exists`);
      return;
    }
    const operation = new SocketOperation(id, this.options.wire, () => this.#operations.delete(id));
    this.#operations.set(id, operation);
    this.options.start(operation, payload, this.#operations.size).catch(this.#broken);
  }

  #send(message: Message): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #closed(): void {
    clearTimeout(this.#initTimer);
    for (const operation of [...this.#operations.values()]) operation.stop();
  }

  readonly #broken = (error: unknown): void => {
    this.options.logger.error({ error }, 'internal error');
    this.socket.close(CloseCode.InternalServerError, 'Internal server error');
  };
}

/** Null if it is no message of the protocol. */
function messageIn(data: RawData): Message | null {
  try {
    return parseMessage((data as Buffer).toString());
  } catch {
    return null;
  }
}
