import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HoldPoints } from '../hold-points.js';
import { recordCall } from '../call-log.js';
import type { CallRecord } from '../call-log.js';
import type { Journal } from '../state/journal.js';

/** No route has a schema: without this Fastify loads its schema compilers, which doubles the startup time. */
const noSchemas = (): never => {
  throw new Error('the simulator has no route schemas');
};

export function createHttpServer(): FastifyInstance {
  return fastify({
    forceCloseConnections: true,
    // A long id is an unknown one (404), not a routing error.
    routerOptions: { maxParamLength: 16_384 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
}

/** Sends `body` as JSON with the media type `type`. As bytes, since Fastify adds a charset to the type of a string. */
export function sendJson(reply: FastifyReply, status: number, type: string, body: object): FastifyReply {
  return reply
    .code(status)
    .header('content-type', type)
    .send(Buffer.from(JSON.stringify(body)));
}

/** Writes what a call has changed before its response is sent. Call it before adding routes and other hooks. */
export function commitBeforeReplies(server: FastifyInstance, journal: Journal, recordDirectory: () => void): void {
  server.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method !== 'GET') recordDirectory();
    journal.commit();
    done(null, payload);
  });
}

/** Records every call to `scope` and applies hold points. Call it before adding the scope's own hooks and routes. */
export function observe(scope: FastifyInstance, calls: CallRecord[], holdPoints: HoldPoints): void {
  const records = new WeakMap<FastifyRequest, CallRecord>();
  scope.addHook('onRequest', (request, _reply, done) => {
    const record: CallRecord = { ...toCall(request), at: performance.now(), status: null };
    records.set(request, record);
    recordCall(calls, record);
    done();
  });
  scope.addHook('preHandler', async (request) => {
    await holdPoints.pass('request', { ...toCall(request), status: null, body: null });
  });
  scope.addHook('onSend', async (request, reply, payload) => {
    const record = records.get(request);
    if (record !== undefined) record.status = reply.statusCode;
    const body = Buffer.isBuffer(payload) ? payload.toString() : null;
    await holdPoints.pass('reply', { ...toCall(request), status: reply.statusCode, body });
  });
}

function toCall(request: FastifyRequest): Omit<CallRecord, 'at' | 'status'> {
  const path = request.url.split('?', 1)[0] ?? '';
  return { method: request.method, path, query: request.query as Readonly<Record<string, unknown>> };
}
