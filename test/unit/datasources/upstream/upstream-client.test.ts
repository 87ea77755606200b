import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { BytesInFlight } from '../../../../src/datasources/upstream/bytes-in-flight.js';
import type { RequestBytes } from '../../../../src/datasources/upstream/bytes-in-flight.js';
import { UpstreamClient } from '../../../../src/datasources/upstream/upstream-client.js';
import type { UpstreamClientOptions } from '../../../../src/datasources/upstream/upstream-client.js';
import { NotFoundError } from '../../../../src/domain/errors.js';
import { ResiliencePolicy } from '../../../../src/datasources/upstream/resilience-policy.js';
import type { ChangeCall, UpstreamCallReport } from '../../../../src/datasources/upstream/upstream-call.js';
import { faultOf, json, raw, silence, startUpstream } from '../scripted-upstream.js';
import type { Script, ScriptedUpstream } from '../scripted-upstream.js';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const KEY = 'secret-key-1';

let upstream: ScriptedUpstream;
let clients: UpstreamClient[];
let reports: UpstreamCallReport[];

function clientOf(options: Partial<UpstreamClientOptions> = {}): UpstreamClient {
  const client = new UpstreamClient({
    baseUrl: upstream.baseUrl,
    headers: { 'x-8x8-tenant': 'acme' },
    credentials: { 'x-api-key': KEY },
    clock: () => NOW,
    guard: new ResiliencePolicy({ clock: () => NOW, retryDelaysMs: [] }),
    onCall: (report) => reports.push(report),
    ...options,
  });
  clients.push(client);
  return client;
}

const read = (client: UpstreamClient, asOf = 'c1') => client.read({ operation: 'things.get', path: '/things/1', asOf });
const change = (client: UpstreamClient, call: Partial<ChangeCall> = {}) =>
  client.change({
    operation: 'things.create',
    method: 'POST',
    accepts: 202,
    path: '/things',
    body: { a: 1 },
    notFound: 'There is no such thing.',
    ...call,
  });

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Answers begin and the connection breaks. */
const halfAnswer: Script = (_request, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"id":');
  response.socket?.resetAndDestroy();
};
const reset: Script = (_request, response) => {
  response.socket?.resetAndDestroy();
};
/** Begins to answer and lets a byte trickle out now and then, for ever. */
const trickle: Script = (_request, response) => {
  response.writeHead(200).write('{');
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => {
    clearInterval(timer);
  });
};

beforeEach(async () => {
  clients = [];
  reports = [];
  upstream = await startUpstream();
});

afterEach(async () => {
  for (const client of clients) client.close();
  await upstream.close();
});

describe('a read', () => {
  it('answers the JSON value, and sends who asks', async () => {
    upstream.script = json(200, { id: 1 });
    await expect(clientOf().read({ operation: 'o', path: '/a', query: { size: 20, sort: 'id:asc' }, asOf: '' })).resolves.toEqual({
      id: 1,
    });
    expect(upstream.requests[0]).toMatchObject({
      method: 'GET',
      url: '/a?size=20&sort=id%3Aasc',
      headers: { 'x-api-key': KEY, 'x-8x8-tenant': 'acme' },
      body: '',
    });
  });

  it('leaves out the credentials when it is anonymous', async () => {
    upstream.script = json(200, {});
    await clientOf().read({ operation: 'o', path: '/a', asOf: '', anonymous: true });
    expect(upstream.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('puts the path after that of the base URL', async () => {
    upstream.script = json(200, {});
    await read(clientOf({ baseUrl: `${upstream.baseUrl}/proxy/` }));
    expect(upstream.requests[0]?.url).toBe('/proxy/things/1');
  });

  it('answers null for 404, which is no fault', async () => {
    upstream.script = json(404, { message: 'none' });
    await expect(read(clientOf())).resolves.toBeNull();
    expect(reports[0]).toMatchObject({ status: 404, fault: null });
  });

  it.each([
    [400, 'UPSTREAM_REJECTED'],
    [401, 'UPSTREAM_UNAVAILABLE'],
    [403, 'UPSTREAM_UNAVAILABLE'],
    [409, 'UPSTREAM_REJECTED'],
    [429, 'RATE_LIMITED'],
    [302, 'UPSTREAM_UNAVAILABLE'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [502, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_UNAVAILABLE'],
  ])('turns status %i into %s, in one call', async (status, code) => {
    upstream.script = json(status, { message: 'm' }, { location: '/elsewhere' });
    expect(await faultOf(read(clientOf()))).toMatchObject({ code });
    expect(upstream.requests).toHaveLength(1);
    expect(reports).toMatchObject([{ operation: 'things.get', method: 'GET', status, fault: code }]);
  });

  it.each([
    [429, '7', 7_000],
    [503, '120', 120_000],
    [503, 'Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    [500, 'soon', null],
  ])('takes retry-after from %i %j', async (status, header, expected) => {
    upstream.script = json(status, {}, { 'retry-after': header });
    expect(await faultOf(read(clientOf()))).toMatchObject({ retryAfterMs: expected });
  });

  it('returns the reasons of a rejection', async () => {
    upstream.script = json(400, { message: 'm', validations: [{ field: 'size', message: 'too large' }] });
    expect(await faultOf(read(clientOf()))).toMatchObject({ status: 400, reasons: [{ field: 'size', message: 'too large' }] });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>busy</html>'],
    ['half a document', '{"id":'],
    ['null', 'null'],
  ])('is unavailable when it answers %s', async (_what, body) => {
    upstream.script = raw(200, body);
    expect(await faultOf(read(clientOf()))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(reports[0]).toMatchObject({ status: 200, fault: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each([
    ['the connection is reset', reset],
    ['the answer breaks off', halfAnswer],
  ])('is unavailable when %s', async (_when, script) => {
    upstream.script = script;
    expect(await faultOf(read(clientOf()))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(reports).toMatchObject([{ status: null, fault: 'UPSTREAM_UNAVAILABLE' }]);
  });

  it('is unavailable when the connection is refused', async () => {
    const client = clientOf({ baseUrl: `http://127.0.0.1:${await closedPort()}` });
    expect(await faultOf(read(client))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(reports[0]?.reason).toBe('ECONNREFUSED');
  });

  it.each([
    ['never comes', silence],
    ['trickles', trickle],
  ])('times out when the answer %s', async (_how, script) => {
    upstream.script = script;
    expect(await faultOf(read(clientOf({ timeoutMs: 60 })))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it.each([
    ['as it is', raw(200, JSON.stringify('x'.repeat(5_000)))],
    [
      'once unpacked',
      ((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify('x'.repeat(5_000))));
      }) satisfies Script,
    ],
  ])('is unavailable when the answer is too large %s', async (_how, script) => {
    upstream.script = script;
    expect(await faultOf(read(clientOf({ maxAnswerBytes: 1_000 })))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(read(clientOf({ maxAnswerBytes: 10_000 }))).resolves.toBe('x'.repeat(5_000));
  });

  it('goes through another adapter where one is given', async () => {
    const client = clientOf({
      adapter: (config) => Promise.resolve({ data: '{"via":"adapter"}', status: 200, statusText: '', headers: {}, config }),
    });
    await expect(read(client)).resolves.toEqual({ via: 'adapter' });
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('identical reads in flight', () => {
  it('are one call with the same asOf, another with another, and a new one once settled', async () => {
    const pending: (() => void)[] = [];
    upstream.script = (request, response) =>
      pending.push(() => {
        json(200, { call: upstream.requests.indexOf(request) })(request, response);
      });
    const client = clientOf();
    const reads = Promise.all([read(client, 'c1'), read(client, 'c1'), read(client, 'c2')]);
    await upstream.received(2);
    for (const answer of pending.splice(0)) answer();
    const [first, joiner, other] = await reads;
    expect(joiner).toBe(first);
    expect(other).not.toEqual(first);
    expect(upstream.requests).toHaveLength(2);

    const again = read(client, 'c1');
    await upstream.received(3);
    for (const answer of pending.splice(0)) answer();
    await expect(again).resolves.toEqual({ call: 2 });
  });
});

describe('a change', () => {
  it('sends its body as JSON, once', async () => {
    upstream.script = json(202, { conversationId: 'c1' });
    await expect(change(clientOf())).resolves.toEqual({ conversationId: 'c1' });
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY },
    });
  });

  it.each([
    ['an empty 202', 202, raw(202, '')],
    ['an empty 204', 204, raw(204, '')],
    ['a 202 with words in it', 202, raw(202, 'Accepted')],
  ])('takes %s as success where the contract says so', async (_what, accepts, script) => {
    upstream.script = script;
    await expect(change(clientOf(), { accepts })).resolves.toBeNull();
    expect(reports).toMatchObject([{ fault: null }]);
  });

  it.each([
    ['a page with status 200, where 202 confirms it', 202, raw(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['a page with status 200, where 200 confirms it', 200, raw(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['an empty 200, where 202 confirms it', 202, raw(200, '')],
    ['an empty 200, where 200 confirms it', 200, raw(200, '')],
    ['a 204, where 202 confirms it', 202, raw(204, '')],
  ])('has an unknown outcome when it is answered with %s', async (_what, accepts, script) => {
    upstream.script = script;
    expect(await faultOf(change(clientOf(), { accepts }))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    [400, 'UPSTREAM_REJECTED'],
    [401, 'UPSTREAM_UNAVAILABLE'],
    [404, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [500, 'OUTCOME_UNKNOWN'],
    [502, 'OUTCOME_UNKNOWN'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'OUTCOME_UNKNOWN'],
    [307, 'UPSTREAM_UNAVAILABLE'],
  ])('turns status %i into %s, in one call', async (status, code) => {
    upstream.script = json(status, { message: 'm' }, { location: '/elsewhere' });
    expect(await faultOf(change(clientOf()))).toMatchObject({ code });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each(['PUT', 'PATCH', 'DELETE'] as const)('may be sent again when a %s is answered with 500', async (method) => {
    upstream.script = json(500, {});
    expect(await faultOf(change(clientOf(), { method }))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('has an unknown outcome when a %s gets no answer', async (method) => {
    upstream.script = silence;
    expect(await faultOf(change(clientOf({ timeoutMs: 60 }), { method }))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it.each([
    ['the connection is reset', reset],
    ['the answer breaks off', halfAnswer],
  ])('has an unknown outcome when %s', async (_when, script) => {
    upstream.script = script;
    expect(await faultOf(change(clientOf()))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each(['127.0.0.1', 'localhost'])('surely did not happen when the connection to %s is refused', async (host) => {
    const client = clientOf({ baseUrl: `http://${host}:${await closedPort()}` });
    expect(await faultOf(change(client))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each(['CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'surely did not happen on %s',
    async (code) => {
      const client = clientOf({ adapter: () => Promise.reject(Object.assign(new Error('not trusted'), { code })) });
      expect(await faultOf(change(client))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    },
  );

  it('states which part of the request was not found', async () => {
    upstream.script = json(404, { message: `nothing at ${upstream.baseUrl}` });
    expect((await faultOf(change(clientOf()))).message).toBe('There is no such thing.');
  });
});

describe('what clients and logs see', () => {
  const scripts: readonly [string, Script][] = [
    ['a rejection', json(400, { message: 'body text' })],
    ['refused credentials', json(401, { message: 'body text' })],
    ['a limit', json(429, { message: 'body text' })],
    ['an outage', json(503, { message: 'body text' })],
    ['garbage', raw(200, 'body text')],
    ['a reset', reset],
    ['silence', silence],
  ];

  it.each(scripts)('holds no address, key or body of %s', async (_case, script) => {
    upstream.script = script;
    const client = clientOf({ timeoutMs: 60 });
    const faults = [await faultOf(read(client)), ...(await Promise.allSettled([change(client)])).flatMap(reasonOf)];
    for (const fault of faults) {
      const shown = [
        fault.message,
        (fault.cause as Error | undefined)?.message,
        JSON.stringify('details' in fault ? fault.details : null),
      ].join('\n');
      expect(shown).not.toMatch(/127\.0\.0\.1|localhost|things|body text/);
      expect(shown).not.toContain(KEY);
      expect(Object.keys(fault.cause ?? {})).toEqual([]);
    }
    expect(JSON.stringify(reports)).not.toMatch(/127\.0\.0\.1|body text|secret/);
  });

  it('names a credentials problem to operators only', async () => {
    upstream.script = json(403, { message: 'Access denied' });
    const [refused] = [await faultOf(read(clientOf()))];
    upstream.script = json(500, {});
    const down = await faultOf(read(clientOf()));
    expect(refused.message).toBe(down.message);
    expect(reports[0]?.reason).toBe("the contact centre rejected the gateway's credentials (HTTP 403)");
  });

  it('reports each call with its duration', async () => {
    upstream.script = json(200, {});
    await read(clientOf());
    expect(reports).toEqual([
      {
        operation: 'things.get',
        method: 'GET',
        status: 200,
        fault: null,
        reason: null,
        called: true,
        durationMs: expect.any(Number) as number,
      },
    ]);
  });

  function reasonOf(result: PromiseSettledResult<unknown>): Error[] {
    return result.status === 'rejected' ? [result.reason as Error] : [];
  }
});

describe('a read that has to be admitted', () => {
  const admitted = (admit: () => Promise<void>, bytes: RequestBytes) =>
    clientOf().read({ operation: 'things.get', path: '/things/1', asOf: 'c1', admit, bytes });

  it('counts and returns the answer only once it is', async () => {
    upstream.script = json(200, { id: 'x' });
    const bytes = new BytesInFlight().forRequest('viewer');
    let heldBefore = -1;
    const admit = () => {
      heldBefore = bytes.held;
      return Promise.resolve();
    };
    expect(await admitted(admit, bytes)).toEqual({ id: 'x' });
    expect([heldBefore, bytes.held]).toEqual([0, '{"id":"x"}'.length]);
  });

  it.each([
    ['an answer larger than the viewer may hold', json(200, { id: 'x'.repeat(100) })],
    ['no such thing', json(404, {})],
  ])('fails in the same way, with nothing counted, whatever the answer is if it is not: %s', async (_what, script) => {
    upstream.script = script;
    const bytes = new BytesInFlight(10).forRequest('viewer');
    const forbidden = new NotFoundError('not yours');
    expect(await faultOf(admitted(() => Promise.reject(forbidden), bytes))).toBe(forbidden);
    expect(bytes.held).toBe(0);
  });
});
