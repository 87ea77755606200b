import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fastify } from 'fastify';
import { webhookRoute } from '../../src/webhooks/route.js';
import { FakeEventLog } from '../unit/webhooks/fake-event-log.js';
import { forgeCrc32 } from '../unit/webhooks/forge-crc32.js';
import { CUSTOMER, SENT_AT, TENANT, encode, jwsHeader, newSigningKey, signWebhook } from '../unit/webhooks/sign-webhook.js';
import type { Signing } from '../unit/webhooks/sign-webhook.js';
import { testWebhookFormat } from '../unit/webhooks/test-webhook-format.js';

type Headers = Readonly<Record<string, string>>;
type Jwk = Readonly<Record<string, unknown>>;

/** A gateway's webhook route on a port of its own, over a log in memory; the clock stands at the time of signing. */
async function listen(jwks: readonly Jwk[], { tenantId = TENANT, customerId = CUSTOMER } = {}) {
  const log = new FakeEventLog();
  const clock = () => SENT_AT;
  const fetchJwk = (kid: string) => Promise.resolve(jwks.find((jwk) => jwk['kid'] === kid) ?? null);
  const app = fastify({ forceCloseConnections: true });
  const format = testWebhookFormat(fetchJwk);
  app.register(webhookRoute, { path: '/webhooks/8x8', log, format, tenantId, customerId, maxAgeMs: 300_000, clock });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const post = async (headers: Headers, body: string | Buffer) => {
    const response = await fetch(`${origin}/webhooks/8x8`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  return { log, post, [Symbol.asyncDispose]: () => app.close() };
}

const TAKEN = { status: 204, body: '' };
const UNPUBLISHED = { status: 503, body: '{"error":"unavailable"}' };
const REFUSED = { status: 401, body: '{"error":"unauthorized"}' };

const keyA = newSigningKey('key-a');
const keyB = newSigningKey('key-b');
const stranger = newSigningKey('key-a');
const short = newSigningKey('short', 1024);
const jwks = [keyA.jwk, keyB.jwk, short.jwk];

const body =
  '{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"c1","agentId":"a1","agentName":"Ana","timestamp":1767225599000}';
const pem = keyA.publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('webhook signatures', () => {
  it('count the checksum of a known body', () => {
    const known =
      '{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"Aka5NMHU8MtIG7lUQOxI0DTOvM4","agentId":"cmalutan","agentName":"Cosmin,Malutan","timestamp":1629804577002}';
    expect(crc32(known)).toBe(1564621066);
  });

  it.each<[string, string | Buffer, Signing]>([
    ['a plain event', body, {}],
    ['a second try', body, { retry: '1', transmissionTime: String(SENT_AT + 5_000) }],
    ['a tenth try', body, { retry: '10' }],
    ['a checksum above 2^31', bodyWithChecksum((checksum) => checksum >= 2 ** 31), {}],
    ['a checksum below 2^31', bodyWithChecksum((checksum) => checksum < 2 ** 31), {}],
    ['text that is not ASCII', body.replace('Ana', 'Łukasz — 你好 🙂'), {}],
    ['a body with other spacing', `${JSON.stringify(JSON.parse(body), null, 2)}\r\n`, {}],
    ['a body with a key twice', body.replace('{', '{"agentId":"a0",'), {}],
    ['header keys in another order', body, { header: '{ "alg":"RS256", "kid":"key-a", "crit":["b64"], "b64":false }' }],
    ['an event id with a quote and a backslash', body, { eventId: 'e"\\1' }],
  ])('accept %s', async (_name, sent, signing) => {
    await using gateway = await listen(jwks);
    expect(await gateway.post(signWebhook(sent, keyA, signing), sent)).toEqual(TAKEN);
    expect(gateway.log.stored).toHaveLength(1);
  });

  it('accept a second key', async () => {
    await using gateway = await listen(jwks);
    expect(await gateway.post(signWebhook(body, keyB), body)).toEqual(TAKEN);
  });

  const good = signWebhook(body, keyA);
  const jws = good['x-8x8-signature'] ?? '';
  const [, , signaturePart = ''] = jws.split('.');
  const withHeader = (header: unknown) => signWebhook(body, keyA, { header: header as Record<string, unknown> });
  const withSignature = (signature: string): Headers => ({ ...good, 'x-8x8-signature': signature });
  const without = (name: string): Headers => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));

  it.each<[string, Headers, string?]>([
    ['a body changed after signing', good, body.replace('Ana', 'Eve')],
    ['a body with a blank more', good, `${body} `],
    ['an event id changed after signing', { ...good, 'x-8x8-event-id': 'e-9' }],
    ['a tenant changed after signing', { ...good, 'x-8x8-tenant-id': 'other' }],
    ['a customer changed after signing', { ...good, 'x-8x8-customer-id': 'other' }],
    ['a transmission time changed after signing', { ...good, 'x-8x8-transmission-time': String(SENT_AT + 1) }],
    ['a retry count changed after signing', { ...good, 'x-8x8-retry': '1' }],
    ['a retry count of another spelling', { ...good, 'x-8x8-retry': '00' }],
    ['a retry count signed in another spelling', signWebhook(body, keyA, { retry: '01' })],
    ['a retry count below zero', signWebhook(body, keyA, { retry: '-1' })],
    ['a transmission time of another spelling', { ...good, 'x-8x8-transmission-time': `0${SENT_AT}` }],
    ['a signed foreign tenant', signWebhook(body, keyA, { tenantId: 'other' })],
    ['a signed foreign customer', signWebhook(body, keyA, { customerId: 'other' })],
    ['an old request', signWebhook(body, keyA, { transmissionTime: String(SENT_AT - 300_001) })],
    ['a request of the future', signWebhook(body, keyA, { transmissionTime: String(SENT_AT + 300_001) })],
    ['the key of a stranger', signWebhook(body, stranger)],
    ['the wrong one of two keys', signWebhook(body, keyB, { header: jwsHeader('key-a') })],
    ['a key of 1,024 bits', signWebhook(body, short)],
    ['a key id with a slash', withHeader(jwsHeader('x/key-a'))],
    ['a key id with dots', withHeader(jwsHeader('../key-a'))],
    ['no key id', withHeader(jwsHeader(undefined))],
    ...Object.keys(without('content-type')).map((name): [string, Headers] => [`no ${name}`, without(name)]),
    ['alg none', withSignature(`${encode(JSON.stringify({ ...jwsHeader('key-a'), alg: 'none' }))}..`)],
    ['alg none with a signature', withHeader({ ...jwsHeader('key-a'), alg: 'none' })],
    [
      'HS256 with the public key as its secret',
      signWebhook(body, keyA, { header: { ...jwsHeader('key-a'), alg: 'HS256' }, hmacSecret: pem }),
    ],
    ['RS384', withHeader({ ...jwsHeader('key-a'), alg: 'RS384' })],
    ['no alg', withHeader({ ...jwsHeader('key-a'), alg: undefined })],
    ['no crit', withHeader({ ...jwsHeader('key-a'), crit: undefined })],
    ['a crit of more', withHeader({ ...jwsHeader('key-a'), crit: ['b64', 'b64'] })],
    ['b64 true', withHeader({ ...jwsHeader('key-a'), b64: true })],
    ['no b64', withHeader({ ...jwsHeader('key-a'), b64: undefined })],
    ['a header that is no JSON', withHeader('no JSON')],
    ['a header that is null', withHeader('null')],
    ['a padded signature', withSignature(`${jws}==`)],
    ['a padded header', withSignature(jws.replace('..', '=..'))],
    ['a signature in plain base64', withSignature(jws.replace(signaturePart, plainBase64(signaturePart)))],
    ['an attached payload', withSignature(jws.replace('..', `.${encode('{}')}.`))],
    ['two parts', withSignature(jws.replace('..', '.'))],
    ['four parts', withSignature(`${jws}.`)],
    ['an empty signature', withSignature(jws.slice(0, -signaturePart.length))],
    ['half a signature', withSignature(jws.slice(0, -signaturePart.length / 2))],
    ['another signature of the same key', withSignature(signWebhook(`${body} `, keyA)['x-8x8-signature'] ?? '')],
  ])('refuse %s, always in the same words', async (_name, headers, sent = body) => {
    await using gateway = await listen(jwks);
    expect(await gateway.post(headers, sent)).toEqual(REFUSED);
    expect(gateway.log.stored).toEqual([]);
  });

  it('are answered 503 under a key id that is not published yet, so that the sender retries', async () => {
    await using gateway = await listen(jwks);
    expect(await gateway.post(withHeader(jwsHeader('nobody')), body)).toEqual(UNPUBLISHED);
    expect(gateway.log.stored).toEqual([]);
  });

  it('do not prove the body: another one of the same CRC32 passes, but not under an event id that was used', async () => {
    await using gateway = await listen(jwks);
    const forged = forgeCrc32('{"eventType":"AGENT_JOINED","conversationId":"c1","agentId":"eve","agentName":"', '"}', crc32(body));
    expect(JSON.parse(forged.toString())).toMatchObject({ agentId: 'eve' });
    expect(crc32(forged)).toBe(crc32(body));

    await gateway.post(good, body);
    expect(await gateway.post(good, forged)).toEqual(TAKEN);
    expect(gateway.log.stored).toMatchObject([{ data: { agent: { agentId: 'a1' } } }]);
    const elsewhere = forgeCrc32('{"eventType":"AGENT_JOINED","conversationId":"c2","agentId":"eve","agentName":"', '"}', crc32(body));
    expect(await gateway.post(good, elsewhere)).toEqual(REFUSED);

    // What nobody can prevent: the forgery comes first.
    const fresh = signWebhook(body, keyA, { eventId: 'e-2' });
    expect(await gateway.post(fresh, forged)).toEqual(TAKEN);
    expect(gateway.log.stored).toMatchObject([{ data: { agent: { agentId: 'a1' } } }, { data: { agent: { agentId: 'eve' } } }]);
  });
});

interface Vectors {
  readonly keys: readonly Jwk[];
  readonly tenantId: string;
  readonly customerId: string;
  readonly cases: readonly { readonly name: string; readonly accept: boolean; readonly headers: Headers; readonly body: string }[];
}

const vectors = findVectors();

(vectors === null ? describe.skip : describe)('the shared signature vectors', () => {
  const cases = vectors?.cases ?? [];
  /** What is signed by a key that is not published is not accepted either, but asked for again. */
  const expectAnswer = (answer: object, accept: boolean) => {
    if (accept) expect(answer).toEqual(TAKEN);
    else expect([REFUSED, UNPUBLISHED]).toContainEqual(answer);
  };

  it.each(cases)('$name: accepted $accept', async ({ accept, headers, body: sent }) => {
    await using gateway = await listen(vectors?.keys ?? [], vectors ?? {});
    expectAnswer(await gateway.post(headers, sent), accept);
    expect(gateway.log.stored).toHaveLength(accept ? 1 : 0);
  });

  it('store each accepted event once when all are sent in turn, twice', async () => {
    await using gateway = await listen(vectors?.keys ?? [], vectors ?? {});
    for (const { accept, headers, body: sent } of [...cases, ...cases]) {
      expectAnswer(await gateway.post(headers, sent), accept);
    }
    const accepted = new Set(cases.filter(({ accept }) => accept).map(({ headers }) => headers['x-8x8-event-id']));
    expect(gateway.log.stored.map(({ id }) => id)).toEqual([...accepted]);
  });
});

/** They lie beside the checkout where there are any. */
function findVectors(): Vectors | null {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const path = join(folder, 'shared', 'upstream', 'signature-vectors.json');
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Vectors;
    if (folder === dirname(folder)) return null;
  }
}

function bodyWithChecksum(fits: (checksum: number) => boolean): string {
  for (let n = 0; ; n += 1) {
    const candidate = `{"eventType":"TRANSFER","conversationId":"c${n}","timestamp":1}`;
    if (fits(crc32(candidate))) return candidate;
  }
}

/** The signature of a fixed text under a random key may spell alike in both alphabets; then a slash in place of its first letter will do. */
function plainBase64(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return plain === text ? `/${text.slice(1)}` : plain;
}
