import fc from 'fast-check';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { firstSeed } from '../support/first-seed.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';

/** How many cases each property is tried with; more by FUZZ_RUNS. A failure names its seed, which FUZZ_SEED repeats. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);
const seed = firstSeed('FUZZ_SEED');
/** A run of some hundred thousand cases may take an hour. */
const TIMEOUT_MS = 60_000 + numRuns * 100;

const key = createSigningKey('genuine');
let open: RunningGateway;
let guarded: RunningGateway;
beforeAll(async () => {
  open = await RunningGateway.start({ simulator: { signingKey: key } });
  guarded = await RunningGateway.start({ config: { auth: WITH_SECRET } });
});
afterAll(async () => {
  await guarded.stop();
  await open.stop();
});
afterEach(() => {
  for (const { log } of [open, guarded]) expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

const holds = <T>(of: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(of, property), { numRuns, seed });

const text = fc.string({ unit: 'binary', maxLength: 200 });
/** What may stand in a header's value. */
const headerText = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 200 });
const EVENT_TYPES = [
  'QUEUED',
  'MEMBERS_CHANGED',
  'TRANSFER',
  'MESSAGE',
  'TEXT',
  'CONVERSATION_UPDATE',
  'ACTIVITY',
  'AGENT_LEFT',
  '__proto__',
];
const eventBody = fc.record(
  {
    eventType: fc.oneof(fc.constantFrom(...EVENT_TYPES), fc.jsonValue()),
    conversationId: fc.oneof(fc.constantFrom('c1', 'c2'), fc.jsonValue()),
    timestamp: fc.oneof(fc.integer(), fc.constant(Date.now()), fc.jsonValue()),
    data: fc.oneof(
      fc.record(
        {
          memberType: fc.jsonValue(),
          change: fc.jsonValue(),
          id: fc.jsonValue(),
          sender: fc.jsonValue(),
          text: fc.jsonValue(),
          name: fc.jsonValue(),
          value: fc.jsonValue(),
          attachments: fc.jsonValue(),
          cards: fc.jsonValue(),
          state: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    agentId: fc.jsonValue(),
    message: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

async function webhook(body: string | Uint8Array, headers: Record<string, string>): Promise<number> {
  const response = await fetch(open.addresses.webhookUrl, { method: 'POST', headers, body: Buffer.from(body) });
  await response.text();
  return response.status;
}

it(
  'takes every signed JSON body, whatever it says',
  async () => {
    const { tenantId, customerId } = open.simulator;
    await holds(fc.tuple(fc.oneof(eventBody, fc.jsonValue()), fc.uuid()), async ([value, eventId]) => {
      const body = Buffer.from(JSON.stringify(value));
      const headers = await signedHeaders({ body, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() }, key);
      expect(await webhook(body, headers)).toBe(204);
    });
  },
  TIMEOUT_MS,
);

it(
  'refuses whatever else comes as a webhook',
  async () => {
    const NAMES = ['tenant-id', 'customer-id', 'event-id', 'transmission-time', 'retry', 'signature'];
    const headers = fc.record(Object.fromEntries(NAMES.map((name) => [`x-8x8-${name}`, headerText])), { requiredKeys: [] });
    await holds(fc.tuple(fc.oneof(fc.uint8Array({ maxLength: 500 }), fc.json()), headers), async ([body, given]) => {
      expect([400, 401, 204]).toContain(await webhook(body, { ...(given as Record<string, string>), 'content-type': 'application/json' }));
    });
  },
  TIMEOUT_MS,
);

const ASKS = `query($id: ID!, $cursor: String) {
  conversation(id: $id) { id events(first: 1, after: $cursor) { nodes { id } } messages(last: 1, before: $cursor) { nodes { id } } }
  node(id: $id) { id }
  channel(id: $id) { id }
  conversations(first: 1, after: $cursor) { nodes { id } }
}`;

it(
  'answers every id and every cursor',
  async () => {
    const globalLike = fc
      .tuple(fc.constantFrom('Conversation', 'Message', 'Participant', '__proto__', 'Channel'), fc.array(text, { maxLength: 3 }))
      .map((parts) => Buffer.from(parts.flat().join(':')).toString('base64url'));
    const id = fc.oneof(text, fc.base64String(), globalLike);
    await holds(fc.record({ id, cursor: fc.oneof(id, fc.constant(null)) }), async (variables) => {
      const { status, errors } = await open.post({ query: ASKS, variables });
      expect(status).toBe(200);
      for (const { extensions } of errors) expect(extensions?.['code']).toMatch(/^(BAD_USER_INPUT|CURSOR_EXPIRED|NOT_FOUND)$/);
    });
  },
  TIMEOUT_MS,
);

it(
  'refuses whatever comes as a GraphQL request and is none',
  async () => {
    const request = fc.oneof(
      fc.json(),
      text,
      fc
        .record(
          { query: fc.oneof(text, fc.jsonValue()), variables: fc.jsonValue(), operationName: fc.jsonValue(), extensions: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    await holds(request, async (body) => {
      const response = await fetch(open.addresses.graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await response.text();
      expect(response.status).toBeLessThan(500);
    });
  },
  TIMEOUT_MS,
);

it(
  'takes no token but a good one',
  async () => {
    const good = await signed({ sub: 'mia', scope: 'chat:service' });
    const [head = '', payload = '', signature = ''] = good.split('.');
    const encoded = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
    const token = fc.oneof(
      headerText,
      fc
        .tuple(fc.oneof(encoded, fc.constant(head)), fc.oneof(encoded, fc.constant(payload)), fc.oneof(fc.base64String(), fc.constant('')))
        .map((parts) => parts.join('.')),
      fc.tuple(encoded, fc.constant(payload), fc.constant(signature)).map((parts) => parts.join('.')),
    );
    await holds(
      token.filter((one) => one !== good),
      async (one) => {
        const { status, errors } = await guarded.post({ query: '{ viewer { role } }' }, { authorization: `Bearer ${one}` });
        expect([status, errors[0]?.extensions?.['code']]).toEqual([401, 'UNAUTHENTICATED']);
      },
    );
  },
  TIMEOUT_MS,
);

it(
  'takes no claims but those it knows',
  async () => {
    const claims = fc.record(
      {
        sub: fc.jsonValue(),
        scope: fc.oneof(fc.constant('chat:customer'), fc.jsonValue()),
        conversations: fc.jsonValue(),
        customer_id: fc.jsonValue(),
        exp: fc.oneof(fc.integer(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await holds(claims, async (given) => {
      const token = await signed(given as Record<string, unknown>).catch(() => null);
      if (token === null) return;
      const { status } = await guarded.post({ query: '{ viewer { role } }' }, { authorization: `Bearer ${token}` });
      expect([200, 401]).toContain(status);
    });
  },
  TIMEOUT_MS,
);
