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
import type { Services } from './services.js';
import type { Caller } from './caller.js';
import { RequestLoaders } from './request-loaders.js';

/**
 * What one request, or one event of a subscription, works with. Its cursor is taken before its first upstream call, and each call carries it,
 * so that no answer is older than the cursor says.
 */
export class RequestContext {
  // No #private fields: Apollo works with a shallow copy of the context.
  private boundedServices: Services | null = null;
  private currentLoaders: RequestLoaders | null = null;
  private readonly bytes: RequestBytes | null;

  constructor(
    readonly services: Services,
    readonly caller: Caller,
  ) {
    this.bytes = services.bytesInFlight?.forRequest(caller.viewer.identity) ?? null;
  }

  /** What has been read so far; another one after each change. Made when it is first asked for, which few events do; the time for reading runs from then. */
  get loaders(): RequestLoaders {
    this.boundedServices ??= { ...this.services, api: readsWithin(this.services.api, new Deadline(this.services.requestTimeoutMs)) };
    this.currentLoaders ??= new RequestLoaders(this.boundedServices, this.viewer, this.bytes);
    return this.currentLoaders;
  }

  get viewer(): Viewer {
    return this.caller.viewer;
  }

  get requestId(): string {
    return this.caller.requestId;
  }

  /** Called when the caller does not take the events of a subscription fast enough. */
  get onSlowConsumer(): () => void {
    return this.caller.onSlowConsumer ?? (() => undefined);
  }

  get api(): ChatApi {
    return this.services.api;
  }

  get log(): EventLog {
    return this.services.log;
  }

  /**
   * Why the viewer may not do what has this rule, as far as that does not depend on which: `UnauthenticatedError` where there is no token or it has expired
   * meanwhile, `ForbiddenError` where its role is not enough. Null: it may.
   */
  authorizationError(rule: Rule | undefined): UnauthenticatedError | ForbiddenError | null {
    const { role, expiresAt } = this.viewer;
    if (expiresAt !== null && expiresAt.getTime() <= this.services.clock()) return this.onTokenExpired();
    if (isRoleEnough(rule, role)) return null;
    return role === 'ANONYMOUS'
      ? new UnauthenticatedError(
          'This needs a token: `Authorization: Bearer …` in the HTTP headers, or `authorization` in the `connectionParams` of a WebSocket.',
        )
      : new ForbiddenError('Your token does not allow this.');
  }

  /** Whether the viewer sees a conversation: at once, where the token alone tells. */
  canView(conversationId: string): boolean | Promise<boolean> {
    return visibleByToken(this.viewer, conversationId) ?? this.loaders.conversation.load(conversationId).then((record) => record !== null);
  }

  /** Whether the viewer may fetch a node of this type whose global id has these parts. */
  canViewNode(type: string, [outermost = '']: readonly string[]): boolean | Promise<boolean> {
    const rule = NODE_RULES[type];
    return isRoleEnough(rule, this.viewer.role) && (rule !== 'CONVERSATION' || this.canView(outermost));
  }

  /** The viewer's rights to the events of a subscription; to those of one conversation, which it sees now, or of all. */
  authorizeEvents(conversationId: string | null): EventAuthorizer {
    const isCertain = conversationId === null || visibleByToken(this.viewer, conversationId) === true;
    return new EventAuthorizer(
      this.viewer,
      this.services.clock,
      isCertain ? null : async () => this.fork((one) => one.canView(conversationId)),
    );
  }

  /** Tells the caller's connection that the token has expired, and gives the fault to throw. */
  onTokenExpired(): UnauthenticatedError {
    this.caller.onTokenExpired?.();
    return new UnauthenticatedError('The token has expired: get another one.');
  }

  /** Forgets what was read: called after a change, so that its payload shows the change. */
  resetLoaders(): void {
    this.currentLoaders = null;
  }

  /** Works for one event of a subscription: for the same caller, with nothing read yet. What was read is released at the end. */
  fork<T>(work: (context: RequestContext) => T | Promise<T>): T | Promise<T> {
    const context = new RequestContext(this.services, this.caller);
    const result = work(context);
    if (result instanceof Promise) return result.finally(() => context.release());
    context.release();
    return result;
  }

  /** Whether anything that was read is counted until it is released. */
  get holdsBytes(): boolean {
    return this.bytes !== null && this.bytes.held > 0;
  }

  /** What was read counts no more for the viewer: called once the answer is sent, or nobody waits for it. */
  release(): void {
    this.bytes?.release();
  }
}
