import { EventAuthorizer } from '../auth/event-authorization.js';
import { NODE_RULES, isRoleEnough } from '../auth/rules.js';
import type { Rule } from '../auth/rules.js';
import { visibleByToken } from '../auth/visibility.js';
import type { Viewer } from '../auth/viewer.js';
import type { RequestBytes } from '../datasources/upstream/bytes-in-flight.js';
import type { ChatApi } from '../datasources/chat-api.js';
import { Deadline, readsWithin } from '../datasources/upstream/deadline.js';
import { ForbiddenError, UnauthenticatedError } from '../domain/errors.js';
import type { EventLog } from '../events/port/event-log.js';
import type { Span } from '../observability/tracing.js';
import type { Services } from './services.js';
import type { Caller } from './caller.js';
import { RequestLoaders } from './request-loaders.js';

/**
 * What one request, or one event of a subscription, works with. Its cursor is read before its first upstream call, and each call carries it,
 * so that no response is older than the cursor.
 */
export class RequestContext {
  // No #private fields: Apollo works with a shallow copy of the context.
  private tracedApi: ChatApi | null = null;
  private boundedApi: ChatApi | null = null;
  private currentLoaders: RequestLoaders | null = null;
  private readonly bytes: RequestBytes | null;

  constructor(
    readonly services: Services,
    readonly caller: Caller,
  ) {
    this.bytes = services.bytesInFlight?.forRequest(caller.viewer.identity) ?? null;
  }

  /** The reads of this request; new ones after each mutation. Created on first use, which few events need; the time limit for reads starts then. */
  get loaders(): RequestLoaders {
    this.boundedApi ??= readsWithin(this.api, new Deadline(this.services.requestTimeoutMs));
    this.currentLoaders ??= new RequestLoaders(this.services, this.viewer, this.bytes, this.boundedApi);
    return this.currentLoaders;
  }

  get viewer(): Viewer {
    return this.caller.viewer;
  }

  get requestId(): string {
    return this.caller.requestId;
  }

  /** Called when the caller consumes the events of a subscription too slowly. */
  get onSlowConsumer(): () => void {
    return this.caller.onSlowConsumer ?? (() => undefined);
  }

  /** What is done for it is a step of this; null if nothing is traced. */
  get span(): Span | null {
    return this.caller.span ?? null;
  }

  get api(): ChatApi {
    this.tracedApi ??= this.span === null ? this.services.api : this.services.api.tracedBy(this.span);
    return this.tracedApi;
  }

  get log(): EventLog {
    return this.services.log;
  }

  /**
   * The error if this rule denies the viewer, as far as its role decides: `UnauthenticatedError` if there is no token or it has expired, `ForbiddenError` if its role
   * is not enough. Null if it is.
   */
  authorizationError(rule: Rule | undefined): UnauthenticatedError | ForbiddenError | null {
    const { role, expiresAt } = this.viewer;
    if (expiresAt !== null && expiresAt.getTime() <= this.services.clock()) return this.onTokenExpired();
    if (isRoleEnough(rule, role)) return null;
    return role === 'ANONYMOUS'
      ? new UnauthenticatedError(
          'Authentication required: send `Authorization: Bearer …` in the HTTP headers, or `authorization` in the `connectionParams` of a WebSocket.',
        )
      : new ForbiddenError('The token does not allow this.');
  }

  /** Whether the viewer may see a conversation: synchronously if the token alone decides. */
  canView(conversationId: string): boolean | Promise<boolean> {
    return visibleByToken(this.viewer, conversationId) ?? this.loaders.conversation.load(conversationId).then((record) => record !== null);
  }

  /** Whether the viewer may fetch a node of this type whose global id has these parts. */
  canViewNode(type: string, [outermost = '']: readonly string[]): boolean | Promise<boolean> {
    const rule = NODE_RULES[type];
    return isRoleEnough(rule, this.viewer.role) && (rule !== 'CONVERSATION' || this.canView(outermost));
  }

  /** Authorizes the events of a subscription for the viewer: those of one conversation, which it may see now, or of all. */
  authorizeEvents(conversationId: string | null): EventAuthorizer {
    const isCertain = conversationId === null || visibleByToken(this.viewer, conversationId) === true;
    return new EventAuthorizer(
      this.viewer,
      this.services.clock,
      isCertain ? null : async () => this.fork((one) => one.canView(conversationId)),
    );
  }

  /** Notifies the caller's connection that the token has expired. Returns the error to throw. */
  onTokenExpired(): UnauthenticatedError {
    this.caller.onTokenExpired?.();
    return new UnauthenticatedError('The token has expired: get a new one.');
  }

  /** Discards what was read: called after a mutation, so that its payload shows the change. */
  resetLoaders(): void {
    this.currentLoaders = null;
  }

  /**
   * Runs `work` for one event of a subscription with a context of its own: the same caller, nothing read yet. What it read is released at the end. `span`: of the event, since
   * that of the subscription has ended; null if nothing is traced.
   */
  fork<T>(work: (context: RequestContext) => T | Promise<T>, span: Span | null = null): T | Promise<T> {
    const context = new RequestContext(this.services, this.span === span ? this.caller : { ...this.caller, span });
    const result = work(context);
    if (result instanceof Promise) return result.finally(() => context.release());
    context.release();
    return result;
  }

  /** Whether anything that was read is counted until it is released. */
  get holdsBytes(): boolean {
    return this.bytes !== null && this.bytes.held > 0;
  }

  /** What was read no longer counts for the viewer: called once the response is sent, or nobody waits for it. */
  release(): void {
    this.bytes?.release();
  }
}
