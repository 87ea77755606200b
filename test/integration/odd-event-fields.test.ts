import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isCompositeType, isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import type { GraphQLNamedType } from 'graphql';
import type WebSocket from 'ws';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { connectRaw } from './raw-socket.js';

/** Whatever is in the fields of a signed event, every field of it can be selected, live and read back. */
const key = createSigningKey('genuine');
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const events = schema.getType('ConversationEvent');
if (!isInterfaceType(events)) throw new Error('there is no interface of events');

/** Types that are asked of the contact centre. */
const READ_ELSEWHERE = new Set(['Conversation', 'Channel', 'Interaction', 'Queue']);

/** What later events decide. */
const DECIDED_LATER = new Set(['endsInteraction']);

/** All fields of a type that the event itself holds. */
function fieldsOf(type: GraphQLNamedType): string {
  if (!isObjectType(type)) return '__typename';
  const fields = Object.values(type.getFields()).flatMap(({ name, args, type: result }) => {
    const named = getNamedType(result);
    if (args.some(isRequiredArgument) || READ_ELSEWHERE.has(named.name) || DECIDED_LATER.has(name)) return [];
    return isCompositeType(named) ? [`${name} { ${fieldsOf(named)} }`] : [name];
  });
  return fields.join(' ');
}
/** One for each type, since fields of the same name differ between them. */
const DOCUMENTS = schema
  .getPossibleTypes(events)
  .map((type) => `subscription($after: String) { allConversationEvents(after: $after) { id ... on ${type.name} { ${fieldsOf(type)} } } }`);

const TEMPLATES = [
  { eventType: 'QUEUED', data: { queueId: 'q', queueName: 'Sales' } },
  { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'joined', id: 'a', name: 'Ann' } },
  { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'left', id: 'a', name: 'Ann' } },
  { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'left', id: 'u' } },
  { eventType: 'TRANSFER', data: {} },
  {
    eventType: 'CONVERSATION_UPDATE',
    data: {
      ...{ state: 'active', channel: 'web', msisdn: '1', assignment: { type: 'queue', id: 'q' } },
      user: { userId: 'u', name: 'Mia', email: 'm', phone: '1', language: 'en', additionalProperties: [{ key: 'k', value: 'v' }] },
    },
  },
  {
    eventType: 'MESSAGE',
    data: {
      ...{ isEcho: false, sender: { id: 'a', type: 'agent', name: 'Ann', language: 'en' }, text: 'Hello' },
      attachments: [{ id: 'at', type: 'image/png', fileName: 'f' }],
      cards: [{ id: 'c', contentType: 'text/plain', content: { body: ['b'] } }],
      externalProvider: { name: 'w', externalMessageId: 'e' },
    },
  },
  { eventType: 'ACTIVITY', data: { name: 'adaptiveCard/action', value: { type: 'Action.Submit', data: { a: 1 } } } },
  { eventType: 'ACTIVITY', data: { name: 'quickReply/action', value: { data: { title: 't', payload: 'p' } } } },
  { eventType: 'ACTIVITY', data: { name: 'read-receipts', value: [{ timestamp: 1, users: [{ id: 'u', type: 'user' }] }] } },
  { eventType: 'ACTIVITY', data: { name: 'another', value: 'v' } },
  { eventType: 'UNHEARD_OF', data: { a: 'b' } },
];
const HALF_A_PAIR = '\ud800';
const ODD = [null, HALF_A_PAIR, [], 8.64e15, '__proto__'];

/** The value, each of its parts once replaced by `odd`. */
function replaced(value: unknown, odd: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [odd];
  const entries = Object.entries(value);
  const copies = entries.flatMap(([name, part]) =>
    replaced(part, odd).map((other) => (Array.isArray(value) ? [other] : { ...value, [name]: other })),
  );
  return [...copies, odd];
}

let gateway: RunningGateway;
let socket: WebSocket;
beforeAll(async () => {
  gateway = await RunningGateway.start({ simulator: { signingKey: key } });
  socket = await connectRaw(gateway.addresses.wsUrl);
});
afterAll(() => gateway.stop());

async function post(event: unknown): Promise<number> {
  const body = Buffer.from(JSON.stringify(event));
  const { tenantId, customerId } = gateway.simulator;
  const envelope = { body, tenantId, customerId, eventId: randomUUID(), retry: 0, transmissionTime: Date.now() };
  const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers: await signedHeaders(envelope, key), body });
  await response.text();
  return response.status;
}

interface Result {
  readonly data: { readonly allConversationEvents: { readonly id: string; readonly replayed?: boolean } } | null;
  readonly errors?: unknown;
}

/** The results of each document, from a cursor on. */
function follow(after: string, prefix: string): Result[][] {
  const results = DOCUMENTS.map((): Result[] => []);
  socket.on('message', (data: Buffer) => {
    const { id, type, payload } = JSON.parse(data.toString()) as { id?: string; type: string; payload: Result };
    if (id?.startsWith(prefix) !== true) return;
    expect(type).toBe('next');
    results[Number(id.slice(prefix.length))]?.push(payload);
  });
  for (const [index, query] of DOCUMENTS.entries())
    socket.send(JSON.stringify({ id: `${prefix}${index}`, type: 'subscribe', payload: { query, variables: { after } } }));
  return results;
}

it('selects every field of events with odd values, live and read back', async () => {
  const { gateway: at } = (await gateway.post({ query: '{ gateway { latestCursor } }' })).data as { gateway: { latestCursor: string } };
  const live = follow(at.latestCursor, 'live');
  const odd = ODD.flatMap((value) => [
    ...TEMPLATES.flatMap((template) => replaced({ ...template, conversationId: 'c', timestamp: 1 }, value)),
    value,
  ]);
  const left = odd.values();
  const lane = async () => {
    for (const event of left) expect([await post(event), event]).toEqual([204, event]);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const count = odd.length;
  const settled = (all: Result[][]) => () => all.every(({ length }) => length === all[0]?.length && length > 0);
  await untilTrue(settled(live));
  for (const results of live) expect(results.filter(({ errors }) => errors !== undefined)).toEqual([]);
  const stored = live[0]?.length ?? 0;
  expect(stored).toBeGreaterThan(count / 2);

  socket.terminate();
  socket = await connectRaw(gateway.addresses.wsUrl);
  const replayed = follow(at.latestCursor, 'back');
  await untilTrue(() => replayed.every(({ length }) => length >= stored));
  for (const [index, results] of replayed.entries()) {
    expect(results.filter(({ errors }) => errors !== undefined)).toEqual([]);
    // The same as live, but that it says so.
    const then = JSON.stringify(results).replaceAll('"replayed":true', '"replayed":false');
    expect(JSON.parse(then)).toEqual(live[index]);
  }
  expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
