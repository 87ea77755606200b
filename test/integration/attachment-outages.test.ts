import { MessageContentAddedDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
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

it('an event stands by itself where the upstream cannot be asked', async () => {
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

it('a download is broken off where the upstream breaks off', async () => {
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

it('a download that the client leaves frees the upstream', async () => {
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
