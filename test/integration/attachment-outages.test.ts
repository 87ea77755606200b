import { MessageContentAddedDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { json, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { Script, ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';
import { createConversation, put, uploadUrl } from './content-client.js';

/** A gateway over the simulator whose calls for one path are answered by a script instead. */
let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let id: string;
let origin: string;
let intercept: { readonly path: RegExp; readonly script: Script } | null;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script = (request, response) => {
    if (intercept?.path.test(request.url) === true) {
      intercept.script(request, response);
      return;
    }
    const { simulator } = gateway;
    const { method, headers, body } = request;
    const sent = { 'x-api-key': simulator.apiKey, 'content-type': headers['content-type'] ?? 'application/json' };
    void fetch(simulator.url + request.url, { method, headers: sent, ...(body === '' ? {} : { body }) }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  };
  const credentials = { apiKey: 'key', tenantId: 'acme01', customerId: 'acme' };
  gateway = await RunningGateway.start({
    simulator: credentials,
    config: { upstream: { kind: 'chat-gateway-v1', url: upstream.baseUrl, ...credentials } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(async () => {
  intercept = null;
  ({ id, origin } = await createConversation(gateway));
});

async function agentsFile() {
  const { centre } = gateway.simulator;
  centre.agentAccepts(id);
  const file = centre.files.add(centre.conversation(id), {
    fileName: 'a.pdf',
    contentType: 'application/pdf',
    chunks: [Buffer.from('PDF')],
  });
  centre.agentSays(id, { text: 'Here', attachments: [file], cards: [] });
  const events = gateway.subscribe(MessageContentAddedDocument, { id, after: origin });
  const result = await events.next();
  await events.stop();
  return { attachment: result.data?.messageAdded.message.attachments[0], errors: result.errors };
}

it('delivers an event while the upstream is unreachable', async () => {
  intercept = { path: /\/attachments/, script: json(503, {}) };
  const { attachment, errors } = await agentsFile();
  expect(attachment).toMatchObject({
    filename: 'a.pdf',
    contentType: 'application/pdf',
    sizeBytes: null,
    createdAt: null,
    url: expect.stringContaining('/attachments/') as string,
    urlExpiresAt: expect.any(String) as string,
  });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
});

it('aborts a download when the upstream aborts it', async () => {
  const { attachment } = await agentsFile();
  intercept = {
    path: /\/content$/,
    script: (_request, response) => {
      response.writeHead(200, { 'content-length': '1000', 'set-cookie': 'a=b', 'content-type': 'text/html' });
      response.write('a part', () => response.destroy());
    },
  };
  const response = await fetch(attachment?.url ?? '');
  expect([response.status, response.headers.get('content-type'), response.headers.get('set-cookie')]).toEqual([
    200,
    'application/octet-stream',
    null,
  ]);
  await expect(response.text()).rejects.toThrow();
});

it.each([
  ['immediately', 0],
  ['with the last byte', 3],
])('a download of which three bytes come is broken off, or answered with a fault of ours: closed %s', async (_when, count) => {
  const { attachment } = await agentsFile();
  for (let n = 0; n < 10; n += 1) {
    const before = gateway.log.lines.length;
    intercept = {
      path: /\/content$/,
      script: (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.flushHeaders();
        if (count === 0) response.destroy();
        else response.write('abc', () => response.socket?.destroySoon());
      },
    };
    const answer = await fetch(attachment?.url ?? '');
    const outcome = await answer.text().catch(() => 'broken off');
    if (answer.status === 200) expect(outcome).toBe('broken off');
    else {
      expect([answer.status, JSON.parse(outcome)]).toEqual([503, { error: expect.any(String) as string, code: 'UPSTREAM_UNAVAILABLE' }]);
      expect([answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
        'application/json; charset=utf-8',
        null,
      ]);
    }
    const requestId = answer.headers.get('x-request-id');
    const about = () =>
      gateway.log.lines.slice(before).filter(({ message, fields }) => message !== 'request' && fields['requestId'] === requestId);
    await untilTrue(() => about().length > 0);
    expect(about()).toMatchObject([{ level: 'warn', fields: { error: { code: 'UPSTREAM_UNAVAILABLE' } } }]);
    expect(JSON.stringify(gateway.log.lines.slice(before))).not.toMatch(/FST_|internal error/);
  }
});

it.each([
  ['known', { 'content-length': '4' }],
  ['unknown', {}],
])('a download of %s length that trickles comes as it does, without waiting for the next piece', async (_what, headers) => {
  const { attachment } = await agentsFile();
  let send: (piece: string) => void = () => undefined;
  let end: () => void = () => undefined;
  intercept = {
    path: /\/content$/,
    script: (_request, response) => {
      response.writeHead(200, headers);
      response.write('0');
      send = (piece) => void response.write(piece);
      end = () => void response.end();
    },
  };
  const reader = (await fetch(attachment?.url ?? '')).body?.getReader();
  const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(await next()).toBe('0');
  for (const piece of ['1', '2', '3']) {
    send(piece);
    expect(await next()).toBe(piece);
  }
  end();
  expect(await next()).toBe('');
});

it('a download of unknown length is broken off as well', async () => {
  const { attachment } = await agentsFile();
  intercept = {
    path: /\/content$/,
    script: (_request, response) => {
      response.writeHead(200);
      response.write('a part', () => response.destroy());
    },
  };
  const response = await fetch(attachment?.url ?? '');
  await expect(response.text()).rejects.toThrow();
});

it('aborts the upstream request when the client leaves a download', async () => {
  const { attachment } = await agentsFile();
  let freed: (value: unknown) => void = () => undefined;
  const closed = new Promise((resolve) => (freed = resolve));
  intercept = {
    path: /\/content$/,
    script: (_request, response) => {
      response.on('close', freed);
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a part');
    },
  };
  const leaving = new AbortController();
  const response = await fetch(attachment?.url ?? '', { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await closed;
});

it('a download comes without its name where only that cannot be had', async () => {
  const { attachment } = await agentsFile();
  intercept = { path: /\/attachments\/[^/]+$/, script: json(500, {}) };
  const response = await fetch(attachment?.url ?? '');
  expect([response.headers.get('content-disposition'), await response.text()]).toEqual(['attachment', 'PDF']);
});

it.each([
  [json(503, {}, { 'retry-after': '7' }), 503, 'UPSTREAM_UNAVAILABLE', '7'],
  [json(429, {}, { 'retry-after': '3' }), 429, 'RATE_LIMITED', '3'],
  [json(504, {}), 503, 'UPSTREAM_UNAVAILABLE', null],
])('a download is answered with the fault that the upstream has', async (script, status, code, retryAfter) => {
  const { attachment } = await agentsFile();
  intercept = { path: /\/content$/, script };
  const response = await fetch(attachment?.url ?? '');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    status,
    retryAfter,
    { error: expect.any(String) as string, code },
  ]);
});

it('an upload that the upstream refuses says why, and may be made again', async () => {
  const url = await uploadUrl(gateway, { conversationId: id });
  intercept = { path: /\/attachments$/, script: json(415, { message: 'No such files, please.' }) };
  expect(await put(url, 'hello')).toMatchObject({ status: 422, body: { code: 'UPSTREAM_REJECTED', reasons: ['No such files, please.'] } });
  intercept = { path: /\/attachments$/, script: json(404, {}) };
  expect(await put(url, 'hello')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  intercept = null;
  expect((await put(url, 'hello')).status).toBe(201);
});

it('an upload that may have come through is not made again', async () => {
  const url = await uploadUrl(gateway, { conversationId: id });
  intercept = { path: /\/attachments$/, script: json(504, {}) };
  expect(await put(url, 'hello')).toMatchObject({ status: 504, body: { code: 'OUTCOME_UNKNOWN' } });
  expect((await put(url, 'hello')).status).toBe(409);
});
