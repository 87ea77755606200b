import { Readable } from 'node:stream';
import type { FastifyPluginCallback } from 'fastify';
import type { Authenticator } from '../../auth/authenticator.js';
import { ForbiddenError, GatewayError, UnauthenticatedError } from '../../domain/errors.js';
import { asRecord } from '../../domain/parse-unknown.js';
import type { ErrorContext } from '../execution/mask-errors.js';
import { authenticateHook, readViewer } from './auth-hook.js';
import { toErrorResponse } from './error-response.js';
import { HttpError } from './http-error.js';
import { limitByAddress, plainErrorFormat } from '../limits/rate-limit-hooks.js';
import type { RateLimits } from '../limits/rate-limits.js';

export const HEALING_PATH = '/admin/heal';
/** A week. */
export const MAX_SINCE_SECONDS = 604_800;

/** What was done about one conversation. */
export interface HealedConversation {
  readonly conversationId: string;
  /** Events by type. */
  readonly healed: Readonly<Record<string, number>>;
  readonly isPending: boolean;
  /** Null if the conversation was looked at. */
  readonly error: unknown;
}

export interface HealingRouteDeps extends Omit<ErrorContext, 'requestId'> {
  readonly authenticator: Authenticator;
  readonly rateLimits: RateLimits;
  /** Null if nothing is healed. */
  readonly healing: { run(since: Date, dryRun: boolean): AsyncIterable<HealedConversation> } | null;
  readonly clock: () => number;
}

/**
 * `POST /admin/heal`, for admins: `{"sinceSeconds": 7200, "dryRun": false}`. The response has a line of JSON for each conversation that was looked at, as soon as it was, and a
 * last one with `"done": true`. It ends when the caller goes away.
 */
export const healingRoute: FastifyPluginCallback<HealingRouteDeps> = (scope, deps, done) => {
  scope.addHook('onRequest', limitByAddress(deps.rateLimits, plainErrorFormat));
  scope.addHook('onRequest', authenticateHook(deps.authenticator, deps));
  scope.setErrorHandler((error, request, reply) => {
    // The caller went away: nobody is left to answer, and nothing failed.
    if (reply.raw.destroyed) return reply.hijack();
    const { status, headers, body } = toErrorResponse(error, { requestId: request.id, logger: deps.logger, span: request.span });
    return reply
      .code(status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .send(body);
  });
  scope.post(HEALING_PATH, (request, reply) => {
    const { role } = readViewer(request);
    if (role === 'ANONYMOUS') throw new UnauthenticatedError('A token is needed.');
    if (role !== 'ADMIN') throw new ForbiddenError('Only admins may do this.');
    if (deps.healing === null) throw new HttpError(409, 'Healing is switched off: HEAL_AFTER_SECONDS.');
    const { sinceMs, dryRun } = readBody(request.body);
    const lines = toLines(deps.healing.run(new Date(deps.clock() - sinceMs), dryRun));
    return reply.headers({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }).send(Readable.from(lines));
  });
  done();
};

function readBody(body: unknown): { readonly sinceMs: number; readonly dryRun: boolean } {
  const { sinceSeconds, dryRun = false } = asRecord(body) ?? {};
  if (typeof sinceSeconds !== 'number' || !(sinceSeconds >= 1 && sinceSeconds <= MAX_SINCE_SECONDS))
    throw new HttpError(400, `"sinceSeconds" must be a number from 1 to ${MAX_SINCE_SECONDS}.`);
  if (typeof dryRun !== 'boolean') throw new HttpError(400, '"dryRun" must be true or false.');
  return { sinceMs: sinceSeconds * 1_000, dryRun };
}

async function* toLines(results: AsyncIterable<HealedConversation>): AsyncGenerator<string> {
  for await (const { conversationId, healed, isPending, error } of results) {
    const failure = error === null ? {} : { error: error instanceof GatewayError ? error.message : 'Internal server error' };
    yield `${JSON.stringify({ conversationId, healed, pending: isPending, ...failure })}\n`;
  }
  yield `${JSON.stringify({ done: true })}\n`;
}
