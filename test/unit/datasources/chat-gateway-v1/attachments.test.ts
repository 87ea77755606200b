import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ChatGatewayV1 } from '../../../../src/datasources/chat-gateway-v1/chat-gateway-v1.js';
import type { UpstreamCallReport } from '../../../../src/datasources/upstream/upstream-call.js';
import { faultOf, json, raw, silence, startUpstream } from '../scripted-upstream.js';
import type { ScriptedUpstream } from '../scripted-upstream.js';
import { startUploadTarget } from './upload-target.js';
import type { UploadTarget } from './upload-target.js';
import { IMPOSSIBLE_IDS, asOf } from './with-upstream.js';

const reports: UpstreamCallReport[] = [];
const adapterTo = (baseUrl: string) =>
  new ChatGatewayV1({
    baseUrl,
    apiKey: 'key-1',
    tenant: 'acme',
    clock: Date.now,
    idleTimeoutMs: 500,
    onCall: (report) => reports.push(report),
  });

let upstream: ScriptedUpstream;
let api: ChatGatewayV1;
beforeEach(async () => {
  reports.length = 0;
  upstream = await startUpstream();
  api = adapterTo(upstream.baseUrl);
});
afterEach(async () => {
  await api.close();
  await upstream.close();
});

const listed = (ids: readonly string[], totalElements: number) => ({
  _embedded: { attachments: ids.map((id) => ({ id, filename: `${id}.pdf`, sizeInBytes: 7, createdAt: '2026-01-01T00:00:00Z' })) },
  page: { totalElements },
});

describe('the list of attachments', () => {
  it('is read in one call', async () => {
    upstream.script = json(200, listed(['f1', 'f2'], 2));
    expect(await api.attachments('c/1', asOf)).toEqual(
      ['f1', 'f2'].map((attachmentId) => ({
        attachmentId,
        filename: `${attachmentId}.pdf`,
        kind: null,
        contentType: null,
        sizeBytes: 7,
        createdAt: new Date('2026-01-01T00:00:00Z'),
      })),
    );
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/chat-gateway/v1/conversations/c%2F1/attachments?size=100&page=0&sort=id%3Aasc',
    ]);
  });

  it('is read to its end over several pages', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => `f${index}`);
    upstream.script = (request, response) => {
      const page = Number(new URL(request.url, 'http://x').searchParams.get('page'));
      json(200, listed(ids.slice(page * 100, page * 100 + 100), 230))(request, response);
    };
    expect((await api.attachments('c1', asOf)).map(({ attachmentId }) => attachmentId)).toEqual(ids);
    expect(upstream.requests).toHaveLength(3);
  });

  it('is empty where there is no such conversation', async () => {
    upstream.script = json(404, {});
    expect(await api.attachments('c1', asOf)).toEqual([]);
    for (const id of IMPOSSIBLE_IDS) expect(await api.attachments(id, asOf)).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('one attachment', () => {
  it.each([
    [
      { id: 5, filename: 'a.pdf', sizeInBytes: '12', createdAt: 0 },
      { filename: 'a.pdf', sizeBytes: 12, createdAt: new Date(0) },
    ],
    [
      { id: 5, fileName: 'a.pdf', size: 12, type: 'image/png' },
      { filename: 'a.pdf', sizeBytes: 12, contentType: 'image/png' },
    ],
    [
      { sizeInBytes: -1, type: 'picture' },
      { filename: null, sizeBytes: null, contentType: null, createdAt: null },
    ],
  ])('is read leniently: %j', async (body, record) => {
    upstream.script = json(200, body);
    expect(await api.attachment('c1', '5', asOf)).toMatchObject({ attachmentId: '5', ...record });
  });

  it('is null where there is none', async () => {
    upstream.script = json(404, {});
    expect(await api.attachment('c1', 'f1', asOf)).toBeNull();
  });
});

describe('a download', () => {
  it('hands on the bytes and their number', async () => {
    upstream.script = raw(200, 'content', { 'content-length': '7', 'content-type': 'text/html' });
    const content = await api.attachmentContent('c1', 'f/1');
    expect(content?.sizeBytes).toBe(7);
    expect(content && (await buffer(content.bytes)).toString()).toBe('content');
    expect(upstream.requests).toMatchObject([
      {
        method: 'GET',
        url: '/chat-gateway/v1/conversations/c1/attachments/f%2F1/content',
        headers: { 'x-api-key': 'key-1', 'x-8x8-tenant': 'acme' },
      },
    ]);
    expect(reports).toMatchObject([{ operation: 'attachments.content', status: 200, fault: null }]);
  });

  it('fails where the upstream breaks off in the middle', async () => {
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('a part', () => response.destroy());
    };
    const content = await api.attachmentContent('c1', 'f1');
    await expect(content && buffer(content.bytes)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('fails where the upstream falls silent in the middle', async () => {
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('a part');
    };
    const content = await api.attachmentContent('c1', 'f1');
    await expect(content && buffer(content.bytes)).rejects.toThrow();
  });

  it('may take longer than the connection may be silent', async () => {
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-length': '14' });
      let left = 14;
      const timer = setInterval(() => {
        response.write('x');
        left -= 1;
        if (left === 0) clearInterval(timer);
      }, 50);
    };
    const content = await api.attachmentContent('c1', 'f1');
    expect(content && (await buffer(content.bytes)).length).toBe(14);
  });

  it.each([
    [json(503, {}, { 'retry-after': '2' }), { code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 2000 }],
    [json(429, {}), { code: 'RATE_LIMITED' }],
    [json(400, { message: 'no' }), { code: 'UPSTREAM_REJECTED' }],
    [raw(302, '', { location: 'http://127.0.0.1:1/' }), { code: 'UPSTREAM_UNAVAILABLE' }],
    [raw(204, ''), { code: 'UPSTREAM_UNAVAILABLE' }],
    [silence, { code: 'UPSTREAM_TIMEOUT' }],
  ])('is the fault that the answer is', async (script, fault) => {
    upstream.script = script;
    expect(await faultOf(api.attachmentContent('c1', 'f1'))).toMatchObject(fault);
    expect(reports).toMatchObject([{ fault: fault.code }]);
  });

  it('finds nothing where there is nothing', async () => {
    upstream.script = json(404, {});
    expect(await api.attachmentContent('c1', 'f1')).toBeNull();
    expect(await api.attachmentContent('c1', '..')).toBeNull();
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('an upload', () => {
  let target: UploadTarget;
  let uploader: ChatGatewayV1;
  beforeEach(async () => {
    target = await startUploadTarget();
    uploader = adapterTo(target.baseUrl);
  });
  afterEach(async () => {
    await uploader.close();
    await target.close();
  });

  const file = (...chunks: (string | Uint8Array)[]) => ({
    sender: 'CUSTOMER' as const,
    filename: 'Übersicht "1".pdf',
    contentType: 'application/pdf',
    sizeBytes: 11,
    bytes: Readable.from(chunks.map((chunk) => Buffer.from(chunk as string))),
  });

  it('is a form that browsers would write, of a length known before', async () => {
    target.answer = { status: 200, body: '{"id":"f1"}' };
    expect(await uploader.uploadAttachment('c/1', file('hello ', Buffer.from([0, 13, 10, 45, 255])))).toEqual({ attachmentId: 'f1' });
    const [request] = target.uploads;
    expect(request).toMatchObject({ method: 'POST', url: '/chat-gateway/v1/conversations/c%2F1/attachments', complete: true });
    expect(Number(request?.headers['content-length'])).toBe(request?.body.length);
    expect(request?.headers).toMatchObject({ 'x-api-key': 'key-1', 'x-8x8-tenant': 'acme' });
    const [, boundary = ''] = /boundary=(.+)$/.exec(request?.headers['content-type'] ?? '') ?? [];
    expect(boundary).toMatch(/^[\w-]{20,70}$/);
    expect(request?.body.toString('latin1').split('\r\n')).toEqual(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="authorType"',
        '',
        'user',
        `--${boundary}`,
        'Content-Disposition: form-data; name="attachment"; filename="Übersicht %221%22.pdf"',
        'Content-Type: application/pdf',
        '',
        // What was sent has a line end and a dash in it.
        'hello \0',
        '-\xff',
        `--${boundary}--`,
        '',
      ].map((line) => (line.startsWith('Content-Disposition') ? Buffer.from(line).toString('latin1') : line)),
    );
  });

  it('that fails at its source is broken off, and fails with that', async () => {
    const failure = new Error('gone');
    const bytes = async function* () {
      yield Buffer.from('hello');
      await target.begun;
      throw failure;
    };
    expect(await faultOf(uploader.uploadAttachment('c1', { ...file(), bytes: bytes() }))).toBe(failure);
    await target.ended;
    expect(target.uploads).toMatchObject([{ complete: false }]);
    expect(target.uploads[0]?.body.toString()).not.toContain('--\r\n');
  });

  it('that the upstream refuses before it is over stops', async () => {
    target.answer = { status: 413, body: '{"message":"too large"}', early: true };
    const bytes = async function* () {
      yield Buffer.from('hello');
      await new Promise(() => undefined);
    };
    expect(await faultOf(uploader.uploadAttachment('c1', { ...file(), bytes: bytes() }))).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      status: 413,
      reasons: [{ message: 'too large' }],
    });
  });

  it.each([
    [{ status: 404, body: '' }, 'NOT_FOUND'],
    [{ status: 429, body: '' }, 'RATE_LIMITED'],
    [{ status: 500, body: '' }, 'UPSTREAM_UNAVAILABLE'],
    [{ status: 504, body: '' }, 'OUTCOME_UNKNOWN'],
    [null, 'OUTCOME_UNKNOWN'],
  ])('answered with %j is %s', async (answer, code) => {
    target.answer = answer;
    expect(await faultOf(uploader.uploadAttachment('c1', file('hello world')))).toMatchObject({ code });
    expect(reports).toMatchObject([{ operation: 'attachments.create', fault: code }]);
  });

  it('has an unknown outcome where the answer does not name it', async () => {
    target.answer = { status: 200, body: '{"filename":"a.pdf"}' };
    expect(await faultOf(uploader.uploadAttachment('c1', file('hello world')))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('is nothing done where the connection is lost before the end', async () => {
    target.answer = { status: 0, body: '', early: true };
    const bytes = async function* () {
      yield Buffer.from('hello');
      await new Promise(() => undefined);
    };
    expect(await faultOf(uploader.uploadAttachment('c1', { ...file(), bytes: bytes() }))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('is not tried where there can be no such conversation', async () => {
    for (const id of IMPOSSIBLE_IDS) expect(await faultOf(uploader.uploadAttachment(id, file()))).toMatchObject({ code: 'NOT_FOUND' });
    expect(target.uploads).toEqual([]);
  });
});
