import type { ServerResponse } from 'node:http';
import { json, raw } from '../scripted-upstream.js';
import type { ReceivedRequest, Script } from '../scripted-upstream.js';
import { faultOf } from '../scripted-upstream.js';
import { connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

const MINUTE = 60_000;

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
  connected.script = onlyWith(`token-1`);
});
afterEach(() => connected.close());

/** Answers those who carry one of these tokens; the others get 401. */
function onlyWith(...tokens: string[]): Script {
  return (request, response) => {
    const isGood = tokens.some((token) => request.headers.authorization === `Bearer ${token}`);
    const rejection = { fault: { faultstring: 'Invalid Access Token', detail: { errorcode: 'invalid_access_token' } } };
    (isGood ? json(200, { id: 'c1' }) : json(401, rejection))(request, response);
  };
}

const ask = (id = 'c1') => connected.api.conversation(id, { asOf: `cursor-${id}` });
const askHundred = () => Promise.all(Array.from({ length: 100 }, (_, index) => ask(`c${index}`)));

describe('the access token', () => {
  it('is asked for with key and secret, as a form', async () => {
    await ask();
    const [first] = connected.upstream.requests;
    const basic = Buffer.from('key%3A1:se%2Fcret').toString('base64');
    expect(first).toMatchObject({ method: 'POST', url: '/oauth/v2/token', body: 'grant_type=client_credentials' });
    expect(first?.headers).toMatchObject({ authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' });
    expect(connected.asked[0]?.headers.authorization).toBe('Bearer token-1');
  });

  it('is requested once by 100 parallel queries, however slow it is', async () => {
    const held: (() => void)[] = [];
    const { tokenScript } = connected;
    connected.tokenScript = (request: ReceivedRequest, response: ServerResponse) => held.push(() => tokenScript(request, response));
    const answers = askHundred();
    await connected.upstream.received(1);
    held.forEach((release) => release());
    expect(await answers).toHaveLength(100);
    expect(connected.tokenRequests).toBe(1);
    expect(connected.asked).toHaveLength(100);
  });

  it('is requested once more when it was revoked, by 100 parallel queries, none of which fails', async () => {
    await ask();
    connected.script = onlyWith('token-2');
    expect(await askHundred()).toHaveLength(100);
    expect(connected.tokenRequests).toBe(2);
  });

  it('is requested once when it has expired, by 100 parallel queries, and the old one is not tried', async () => {
    await ask();
    connected.clock.now += 61 * MINUTE;
    connected.script = onlyWith('token-2');
    await askHundred();
    expect(connected.tokenRequests).toBe(2);
    expect(connected.asked).toHaveLength(101);
  });

  it('is replaced a minute before it expires, and nobody waits for that', async () => {
    await ask();
    connected.clock.now += 59 * MINUTE;
    const { tokenScript } = connected;
    const held: (() => void)[] = [];
    connected.tokenScript = (request, response) => held.push(() => tokenScript(request, response));
    await askHundred();
    expect(connected.tokenRequests).toBe(2);
    expect(connected.asked.every(({ headers }) => headers.authorization === 'Bearer token-1')).toBe(true);
    connected.script = onlyWith('token-2');
    held.forEach((release) => release());
    // One that finds the old token refused joins the fetch in flight.
    await ask();
    expect(connected.tokenRequests).toBe(2);
  });

  it('serves on while it is good and no other is to be had', async () => {
    await ask();
    connected.clock.now += 59.5 * MINUTE;
    connected.tokenScript = raw(503, '');
    await askHundred();
    expect(connected.asked).toHaveLength(101);
  });

  it('is renewed for changes too, which are then made once', async () => {
    await ask();
    connected.script = (request, response) => {
      (request.headers.authorization === 'Bearer token-2' ? raw(202, '') : json(401, {}))(request, response);
    };
    await connected.api.sendMessage('c1', { sender: 'BOT', text: 'hi', attachmentIds: [], cards: [] });
    const sent = connected.asked.filter(({ method }) => method === 'POST');
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is not asked for over and over where the upstream refuses every one', async () => {
    connected.script = onlyWith();
    const fault = await faultOf(ask());
    expect(fault).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(connected.tokenRequests).toBe(2);
    expect(connected.asked).toHaveLength(2);
  });

  it.each([
    ['is refused', json(401, { ErrorCode: 'invalid_client', Error: 'Client credentials are invalid' }), 'UPSTREAM_UNAVAILABLE'],
    ['is refused as a bad request', json(400, { ErrorCode: 'x', Error: 'secret words' }), 'UPSTREAM_UNAVAILABLE'],
    ['is not there', raw(404, ''), 'UPSTREAM_UNAVAILABLE'],
    ['is no token', json(200, { access_token: 'two words' }), 'UPSTREAM_UNAVAILABLE'],
    ['is too many', raw(429, '', { 'retry-after': '7' }), 'RATE_LIMITED'],
  ])('fails queries and changes alike when it %s', async (_what, script, code) => {
    connected.tokenScript = script;
    const faults = [await faultOf(ask()), await faultOf(connected.api.leaveAsCustomer('c1'))];
    expect(faults).toMatchObject([{ code }, { code }]);
    expect(JSON.stringify(faults.map(({ message, cause }) => [message, String(cause)]))).not.toMatch(/secret|se\/cret|key:1|two words/);
    expect(connected.asked).toHaveLength(0);
    // The next one tries again.
    connected.tokenScript = json(200, { access_token: 'token-1', expires_in: '3600' });
    expect(await ask()).not.toBeNull();
  });

  it.each([{}, { expires_in: '0' }, { expires_in: -1 }])('is kept until it is rejected if its expiry is unknown: %j', async (life) => {
    connected.tokenScript = json(200, { access_token: 'token-1', ...life });
    await ask();
    connected.clock.now += 10_000 * MINUTE;
    await ask();
    expect(connected.tokenRequests).toBe(1);
  });

  it('is not sent where anybody may ask', async () => {
    connected.script = json(200, { kty: 'RSA' });
    await connected.api.signingKey('k1');
    expect(connected.tokenRequests).toBe(0);
    expect(connected.asked[0]).toMatchObject({ url: '/vcc/eu/chat/v2/jwk/k1/public' });
    expect(connected.asked[0]?.headers.authorization).toBeUndefined();
  });
});
