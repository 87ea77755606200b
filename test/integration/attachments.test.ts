import {
  AttachmentNodeDocument,
  MessageAttachmentLinksDocument,
  MessageContentAddedDocument,
  MessageContentDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { begunPut, createConversation, onlyAttachment, prepareUpload, put, sentFile, statusOf, uploadUrl } from './content-client.js';

let now = Date.now();
let gateway: RunningGateway;
let id: string;
let origin: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides: { clock: () => now, idleTimeoutMs: 2_000 }, config: { webhookMaxAgeMs: 0 } });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  now = Date.now();
  ({ id, origin } = await createConversation(gateway));
});

const stored = () => [...gateway.simulator.centre.conversation(id).files.values()];
const listCalls = () => gateway.simulator.calls.filter(({ path }) => path.endsWith('/attachments')).length;

describe('a file', () => {
  it('is uploaded, sent in a message and downloaded', async () => {
    const events = gateway.subscribe(MessageContentAddedDocument, { id, after: origin });
    const attachment = await sentFile(gateway, id, '../Über "uns".pdf');
    expect(attachment).toEqual({
      id: expect.any(String) as string,
      attachmentId: stored()[0]?.attachment.id,
      filename: 'Über _uns_.pdf',
      contentType: null,
      sizeBytes: 5,
      createdAt: new Date(stored()[0]?.createdAt ?? 0).toISOString(),
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/attachments\/[\w-]+\.[\w-]+$/) as string,
      urlExpiresAt: expect.any(String) as string,
    });
    const response = await fetch(attachment.url);
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
    // The event has the type as well, as it was declared.
    const { data } = await events.next();
    expect(data?.messageAdded.message.attachments).toEqual([{ ...attachment, contentType: 'application/pdf' }]);
    expect(await gateway.get(AttachmentNodeDocument, { id: attachment.id })).toEqual({ node: attachment });
    await events.stop();
  });

  it('answers HEAD as GET, without its bytes', async () => {
    const { url } = await sentFile(gateway, id, 'a.pdf');
    const [got, headed] = [await fetch(url), await fetch(url, { method: 'HEAD' })];
    const names = ['content-type', 'content-length', 'content-disposition', 'cache-control'];
    expect([headed.status, ...names.map((name) => headed.headers.get(name))]).toEqual([200, ...names.map((name) => got.headers.get(name))]);
    expect([await got.text(), await headed.text()]).toEqual(['hello', '']);
    expect((await fetch(`${gateway.addresses.url}/attachments/a.b`, { method: 'HEAD' })).status).toBe(403);
  });

  it('is requested once per conversation and request, and only if more than its URL is selected', async () => {
    for (let count = 0; count < 3; count += 1) await sentFile(gateway, id);
    const before = listCalls();
    const { conversation } = await gateway.get(MessageAttachmentLinksDocument, { id });
    expect(conversation?.messages?.nodes).toHaveLength(3);
    expect(listCalls()).toBe(before);
    await gateway.get(MessageContentDocument, { id });
    expect(listCalls()).toBe(before + 1);
  });

  it('of an agent comes with its name and type', async () => {
    const { centre } = gateway.simulator;
    centre.agentAccepts(id);
    const file = centre.files.add(centre.conversation(id), {
      fileName: 'offer.png',
      contentType: 'image/png',
      chunks: [Buffer.from('PNG')],
    });
    centre.agentSays(id, { text: 'Here', attachments: [file], cards: [] });
    const events = gateway.subscribe(MessageContentAddedDocument, { id, after: origin });
    const [attachment] = (await events.next()).data?.messageAdded.message.attachments ?? [];
    expect(attachment).toMatchObject({ attachmentId: file.id, filename: 'offer.png', contentType: 'image/png', sizeBytes: 3 });
    const response = await fetch(attachment?.url ?? '');
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['image/png', 'PNG']);
    await events.stop();
  });

  it('is null as a node if it does not exist', async () => {
    const { id: globalId } = await sentFile(gateway, id);
    gateway.simulator.centre.conversation(id).files.clear();
    expect(await gateway.get(AttachmentNodeDocument, { id: globalId })).toEqual({ node: null });
  });

  it('of another conversation cannot be sent', async () => {
    const { attachmentId } = await sentFile(gateway, id);
    const other = await createConversation(gateway);
    const { sendMessage } = await gateway.get(SendMessageDocument, { input: { conversationId: other.id, attachmentIds: [attachmentId] } });
    expect(sendMessage.userErrors).toMatchObject([{ code: 'UPSTREAM_REFUSED' }]);
  });
});

describe('a download', () => {
  it('is safe, whatever the file is', async () => {
    const { centre } = gateway.simulator;
    const content = '<script>alert(1)</script>';
    const fileName = 'x\r\nSet-Cookie: a=b\u202E.html';
    const file = centre.files.add(centre.conversation(id), { fileName, contentType: 'text/html', chunks: [Buffer.from(content)] });
    centre.agentAccepts(id);
    centre.agentSays(id, { text: '', attachments: [file], cards: [] });
    const response = await fetch((await onlyAttachment(gateway, id)).url);
    expect(await response.text()).toBe(content);
    const names = [
      'content-type',
      'content-length',
      'content-disposition',
      'x-content-type-options',
      'content-security-policy',
      'cache-control',
    ];
    expect(names.map((name) => response.headers.get(name))).toEqual([
      'application/octet-stream',
      String(content.length),
      'attachment; filename="xSet-Cookie_ a=b.html"',
      'nosniff',
      "sandbox; default-src 'none'",
      'private, max-age=600',
    ]);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('works until its ticket expires', async () => {
    const { url, urlExpiresAt } = await sentFile(gateway, id);
    expect(Date.parse(urlExpiresAt) - now).toBeGreaterThanOrEqual(3_600_000);
    now = Date.parse(urlExpiresAt) - 1;
    expect((await fetch(url)).status).toBe(200);
    now += 1;
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([410, { error: 'This ticket has expired: ask for another one.' }]);
  });

  it('needs the ticket as it was given', async () => {
    const { url } = await sentFile(gateway, id);
    const changed = await fetch(url.replace(/.(?=\.[\w-]+$)/, (character) => (character === 'A' ? 'B' : 'A')));
    expect([changed.status, await changed.json()]).toEqual([403, { error: 'This ticket is not valid here.' }]);
    expect((await fetch(url.replace('/attachments/', '/uploads/'), { method: 'PUT', body: 'hello' })).status).toBe(403);
    expect((await fetch(new URL('/attachments/', url))).status).toBe(403);
    await gateway.gateway.close();
    await gateway.restart();
    expect((await fetch(url.replace(/^http:\/\/[^/]+/, gateway.addresses.url))).status).toBe(403);
  });

  it('of what is gone finds nothing', async () => {
    const { url } = await sentFile(gateway, id);
    gateway.simulator.centre.conversation(id).files.clear();
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('an upload', () => {
  it('can be made once', async () => {
    const url = await uploadUrl(gateway, { conversationId: id });
    expect((await put(url, 'hello')).status).toBe(201);
    expect(await put(url, 'hello')).toMatchObject({ status: 409, body: { error: expect.any(String) as string } });
    expect(stored()).toHaveLength(1);
  });

  it('cannot be made twice at a time', async () => {
    const url = await uploadUrl(gateway, { conversationId: id });
    const held = gateway.simulator.holdPoints.hold('request', ({ method, path }) => method === 'POST' && path.endsWith('/attachments'));
    const first = put(url, 'hello');
    await held.arrived;
    expect((await put(url, 'hello')).status).toBe(409);
    held.release();
    expect((await first).status).toBe(201);
    expect(stored()).toHaveLength(1);
  });

  it('must begin before its ticket expires', async () => {
    const { uploadUrl: url, expiresAt } = await prepareUpload(gateway, { conversationId: id });
    now = Date.parse(expiresAt ?? '');
    expect((await put(url ?? '', 'hello')).status).toBe(410);
    expect(stored()).toEqual([]);
  });

  it.each(['', 'hell', 'hello!'])('of another length than was said is refused, and may be made again: %j', async (content) => {
    const url = await uploadUrl(gateway, { conversationId: id });
    expect(await put(url, content)).toMatchObject({ status: 400, body: { error: expect.stringContaining('exactly 5 bytes') as string } });
    const streamed = begunPut(url);
    if (content !== '') streamed.write(content);
    streamed.end();
    expect(await statusOf(streamed)).toBe(400);
    expect(stored()).toEqual([]);
    expect((await put(url, 'hello')).status).toBe(201);
  });

  it('that the client breaks off leaves nothing, and may be made again', async () => {
    const url = await uploadUrl(gateway, { conversationId: id });
    const arrived = gateway.simulator.holdPoints.hold('request', ({ method, path }) => method === 'POST' && path.endsWith('/attachments'));
    const broken = begunPut(url, 5);
    broken.write('hel');
    await arrived.arrived;
    arrived.release();
    broken.destroy();
    // Until the gateway has seen it, the ticket is in use.
    let again = await put(url, 'hello');
    while (again.status === 409) again = await put(url, 'hello');
    expect(again.status).toBe(201);
    expect(stored().map(({ size }) => size)).toEqual([5]);
  });

  it('is aborted when it stalls', async () => {
    const stalled = begunPut(await uploadUrl(gateway, { conversationId: id }), 5);
    stalled.write('hel');
    expect(await statusOf(stalled)).toBe(504);
    stalled.destroy();
    expect(stored()).toEqual([]);
  });

  it.each([
    [{ conversationId: 'none' }, 'conversationId', 'NOT_FOUND'],
    [{ conversationId: '' }, 'conversationId', 'INVALID'],
    [{ filename: '' }, 'filename', 'REQUIRED'],
    [{ filename: '../..' }, 'filename', 'REQUIRED'],
    [{ filename: '\u202E' }, 'filename', 'REQUIRED'],
    [{ filename: 'a'.repeat(256) }, 'filename', 'TOO_LONG'],
    [{ filename: 'a.pdf.exe' }, 'filename', 'INVALID'],
    [{ filename: 'a.html' }, 'filename', 'INVALID'],
    [{ contentType: 'pdf' }, 'contentType', 'INVALID'],
    [{ contentType: 'text/html' }, 'contentType', 'INVALID'],
    [{ contentType: 'image/svg+xml' }, 'contentType', 'INVALID'],
    [{ sizeBytes: 0 }, 'sizeBytes', 'INVALID'],
    [{ sizeBytes: 104_857_601 }, 'sizeBytes', 'INVALID'],
  ])('with %j is refused', async (change, field, code) => {
    const { uploadUrl, expiresAt, userErrors } = await prepareUpload(gateway, { conversationId: id, ...change });
    expect({ uploadUrl, expiresAt, userErrors }).toMatchObject({
      uploadUrl: null,
      expiresAt: null,
      userErrors: [{ field: [field], code }],
    });
  });

  it('reports several errors together', async () => {
    const { userErrors } = await prepareUpload(gateway, { conversationId: id, filename: '', contentType: '', sizeBytes: -1 });
    expect(userErrors.map(({ field }) => field)).toEqual([['filename'], ['contentType'], ['sizeBytes']]);
  });

  it('and its ticket are not in the log', () => {
    expect(JSON.stringify(gateway.log.lines)).not.toMatch(/hello|uploads\/[\w-]{20}|attachments\/[\w-]{20}/);
  });
});
