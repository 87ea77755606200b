import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HoldPoints } from '../hold-points.js';
import { recordCall } from '../call-log.js';
import type { CallRecord } from '../call-log.js';

/** No route has a schema: without this the libraries that compile them would be loaded, which doubles the time to start. */
const noSchemas = (): never => {
  throw new Error('the simulator has no route schemas');
};

export function createHttpServer(): FastifyInstance {
  return fastify({
    forceCloseConnections: true,
    // An id of any length is one that is not there.
    routerOptions: { maxParamLength: 16_384 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
}

/** Sends `body` as JSON of the media type `type`. As bytes: Fastify would add a charset to the type of a text. */
export function sendJson(reply: FastifyReply, status: number, type: string, body: object): FastifyReply {
  return reply
    .code(status)
    .header('content-type', type)
    .send(Buffer.from(JSON.stringify(body)));
}

/** Writes down every call to `scope` and lets hold points hold it. To be called before the scope's own hooks and routes are made. */
export function observe(scope: FastifyInstance, calls: CallRecord[], holdPoints: HoldPoints): void {
  const records = new WeakMap<FastifyRequest, CallRecord>();
  scope.addHook('onRequest', (request, _reply, done) => {
    const record: CallRecord = { ...toCall(request), status: null };
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

function toCall(request: FastifyRequest): Omit<CallRecord, 'status'> {
  const path = request.url.split('?', 1)[0] ?? '';
  return { method: request.method, path, query: request.query as Readonly<Record<string, unknown>> };
}
