import type { onRequestHookHandler } from 'fastify';

/** A year: what browsers' lists ask for. */
const HSTS = 'max-age=31536000';

/** Headers of every answer, for a browser that is led to take it for what it is not; pages and files say more of their own. `https`: whether clients come by TLS. */
export function securityHeaders(https: boolean): onRequestHookHandler {
  const headers = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...(https ? { 'strict-transport-security': HSTS } : {}),
  };
  return (_request, reply, done) => {
    void reply.headers(headers);
    done();
  };
}
