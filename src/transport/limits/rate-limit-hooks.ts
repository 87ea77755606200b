import type { FastifyReply, HookHandlerDoneFunction, onRequestHookHandler } from 'fastify';
import { RateLimitedError } from '../../domain/errors.js';
import { readViewer } from '../http/auth-hook.js';
import type { RateLimits, RateLimitUse } from './rate-limits.js';

/** The body of a rejection. */
type ToBody = (error: RateLimitedError) => object;

/** In GraphQL's error format. */
export const graphqlErrorFormat: ToBody = ({ message, code, details }) => ({ errors: [{ message, extensions: { code, ...details } }] });
/** In the format of the plain HTTP endpoints. */
export const plainErrorFormat: ToBody = ({ message, code }) => ({ error: message, code });

/** Counts a request for its address, before anything else is done with it, and rejects it if that is too many. */
export function limitByAddress(limits: RateLimits, toBody: ToBody): onRequestHookHandler {
  return (request, reply, done) => continueOrReject(limits.address(request.ip), reply, toBody, done);
}

/** Counts a request for who sends it: to stand behind `authenticated`. */
export function limitByViewer(limits: RateLimits, toBody: ToBody): onRequestHookHandler {
  return (request, reply, done) => continueOrReject(limits.viewer(readViewer(request)), reply, toBody, done);
}

/** Synchronously if nothing is limited. */
function continueOrReject(
  use: Promise<RateLimitUse | null> | null,
  reply: FastifyReply,
  toBody: ToBody,
  done: HookHandlerDoneFunction,
): void {
  if (use === null) done();
  else
    void use.then((taken) => {
      if (taken === null || accept(taken, reply, toBody)) done();
    });
}

/** Why a request is rejected; `use` says when to retry. */
export function rateLimited({ retryAfterMs, policy }: RateLimitUse): RateLimitedError {
  const whose = policy === 'viewer' ? 'by you' : 'from your address';
  return new RateLimitedError(`Too many requests ${whose}: retry later.`, retryAfterMs);
}

/** Sends how much of its limit the caller has used (draft-ietf-httpapi-ratelimit-headers), and when to retry if it is rejected. Returns whether it may continue. */
function accept(use: RateLimitUse, reply: FastifyReply, toBody: ToBody): boolean {
  const { policy, quota, remaining } = use;
  append(reply, 'ratelimit-policy', `"${policy}";q=${quota.count};w=${quota.windowMs / 1_000}`);
  append(reply, 'ratelimit', `"${policy}";r=${remaining}`);
  if (use.allowed) return true;
  void reply
    .code(429)
    .headers({ 'retry-after': String(Math.ceil(use.retryAfterMs / 1_000)), 'cache-control': 'no-store' })
    .send(toBody(rateLimited(use)));
  return false;
}

/** A field of several members: one for each quota. */
function append(reply: FastifyReply, name: string, member: string): void {
  const before = reply.getHeader(name);
  void reply.header(name, before === undefined ? member : `${String(before)}, ${member}`);
}
