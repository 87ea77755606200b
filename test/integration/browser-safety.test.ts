import { RunningGateway } from '../support/running-gateway.js';

const QUERY = '{ gateway { version } }';
const SANDBOX = 'https://studio.apollographql.com';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await RunningGateway.start({ config: { corsOrigins: [SANDBOX, 'capacitor://localhost', 'https://*.example.org'] } });
  local = gateway.addresses.url;
});
afterAll(() => gateway.stop());
let local: string;
const graphql = (init: RequestInit, search = '') => fetch(`${local}/graphql${search}`, init);
const preflight = (origin: string) =>
  graphql({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
  });

it.each([SANDBOX, 'capacitor://localhost', 'https://preview-7.example.org'])(
  'lets pages of %s read its answers, preflight and all',
  async (origin) => {
    const asked = await preflight(origin);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    const answer = await graphql({
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(answer.headers.get('vary')).toContain('Origin');
  },
);

it('lets no others, and no cookies', async () => {
  const asked = await preflight('https://evil.example');
  expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  const answer = await graphql({
    method: 'POST',
    headers: { origin: SANDBOX, 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
});

it('answers no request that a page can send without a preflight', async () => {
  const query = JSON.stringify({ query: QUERY });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain; application/json'])
    expect((await graphql({ method: 'POST', headers: { 'content-type': type }, body: query })).status).toBeGreaterThanOrEqual(400);
  expect((await graphql({}, `?query=${encodeURIComponent(QUERY)}`)).status).toBe(400);
  expect((await graphql({ headers: { 'apollo-require-preflight': '1' } }, `?query=${encodeURIComponent(QUERY)}`)).status).toBe(200);
});

it('changes nothing by GET', async () => {
  const mutation = 'mutation { leaveConversation(input: { conversationId: "c" }) { userErrors { code } } }';
  const answer = await graphql({ headers: { 'apollo-require-preflight': '1' } }, `?query=${encodeURIComponent(mutation)}`);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it.each(['/graphql', '/healthz', '/nothing'])('sends browser security headers at %s', async (path) => {
  const { headers } = await fetch(`${local}${path}`);
  expect({
    sniff: headers.get('x-content-type-options'),
    referrer: headers.get('referrer-policy'),
    policy: headers.get('content-security-policy'),
    by: headers.get('x-powered-by') ?? headers.get('server'),
  }).toEqual({
    sniff: 'nosniff',
    referrer: 'no-referrer',
    policy: "default-src 'none'; frame-ancestors 'none'",
    by: null,
  });
});

it('keeps what clients send out of its log', async () => {
  const secret = 'Zm9yLXlvdXItZXllcy1vbmx5';
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${secret}`,
    cookie: secret,
    'x-8x8-signature': secret,
  };
  await graphql(
    { method: 'POST', headers, body: JSON.stringify({ query: `{ conversation(id: "${secret}") { id } }` }) },
    `?token=${secret}`,
  );
  await graphql({ method: 'POST', headers, body: `{"query":"{ ${secret} }"` });
  await graphql({
    method: 'POST',
    headers,
    body: JSON.stringify({ query: 'query($id: ID!) { conversation(id: $id) { id } }', variables: { id: { secret } } }),
  });
  await fetch(`${local}/webhooks/8x8`, { method: 'POST', headers, body: JSON.stringify({ eventType: secret }) });
  await fetch(`${local}/attachments/${secret}`, { headers });
  await fetch(`${local}/uploads/${secret}`, { method: 'PUT', headers, body: secret });
  await fetch(`${local}/${secret}?${secret}`, { headers });
  expect(gateway.log.lines.length).toBeGreaterThan(5);
  expect(JSON.stringify(gateway.log.lines)).not.toContain(secret);
});
