import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { CreateConversationDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { json, silence, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';

const createInput = { channelId: 'ch1', customer: {} };
const sendInput = { conversationId: 'c1', text: 'Hello' };

async function ask<T, V>(graphqlUrl: string, document: TypedDocumentNode<T, V>, variables: V) {
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { data: T | null; errors?: { extensions: { code: string } }[] };
}

let upstream: ScriptedUpstream;
beforeAll(async () => (upstream = await startUpstream()));
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.requests.length = 0;
});

/** A gateway that is not started yet. */
const gatewayOver = (eventLog: string) =>
  new GatewayProcess({
    PORT: '0',
    EVENT_LOG: eventLog,
    UPSTREAM: 'chat-gateway-v1',
    UPSTREAM_URL: upstream.baseUrl,
    UPSTREAM_API_KEY: 'not-checked',
    UPSTREAM_TENANT: 't',
    UPSTREAM_CUSTOMER: 'c',
  });

const BEHAVIOUR = 'reports an unknown outcome, and does not retry, if it was killed before the response arrived';

describe('over an embedded log', () => {
  const directory = mkdtempSync(join(tmpdir(), 'idempotency-crash-'));
  const gateway = { current: null as GatewayProcess | null };
  afterAll(async () => {
    await gateway.current?.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  it(BEHAVIOUR, () => {
    const only = gatewayOver(`file:${directory}`);
    gateway.current = only;
    return isKilledInBetween([only, only]);
  });
});

describeWith('redis-server', HOW_TO_GET_REDIS)('over a Redis', () => {
  let redis: RedisServer;
  const gateways: GatewayProcess[] = [];
  beforeAll(async () => (redis = await RedisServer.start('--appendfsync', 'always')));
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.dispose()));
    await redis.dispose();
  });

  it(`${BEHAVIOUR}, nor does another gateway, and though Redis was killed as well`, () => {
    const [one, other] = [gatewayOver(redis.url), gatewayOver(redis.url)];
    gateways.push(one, other);
    return isKilledInBetween([one, other], async () => {
      await redis.kill();
      await redis.restart();
    });
  });
});

/** One gateway is killed while the upstream has what it sent; then another, or the same, is asked again. */
async function isKilledInBetween([one, other]: readonly [GatewayProcess, GatewayProcess], meanwhile = () => Promise.resolve()) {
  upstream.script = silence;
  const { graphqlUrl: before } = await one.start();
  const lost = Promise.allSettled([
    ask(before, CreateConversationDocument, { input: { ...createInput, idempotencyKey: 'k' } }),
    ask(before, SendMessageDocument, { input: { ...sendInput, idempotencyKey: 'k' } }),
  ]);
  await upstream.received(2);
  await one.kill();
  await meanwhile();
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  upstream.script = json(202, { conversationId: 'c1', createdAt: '2026-01-01T10:00:00Z' });
  const { graphqlUrl: after } = await other.start();
  for (let tries = 0; tries < 2; tries += 1) {
    const create = await ask(after, CreateConversationDocument, { input: { ...createInput, idempotencyKey: 'k' } });
    expect(create.errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    const send = await ask(after, SendMessageDocument, { input: { ...sendInput, idempotencyKey: 'k' } });
    expect(send.errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
  }
  const otherInput = await ask(after, SendMessageDocument, { input: { ...sendInput, text: 'Hi', idempotencyKey: 'k' } });
  expect(otherInput.data?.sendMessage.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);

  const fresh = { input: { ...createInput, idempotencyKey: 'k2' } };
  const { data } = await ask(after, CreateConversationDocument, fresh);
  expect(data?.createConversation.conversation).not.toBeNull();
  await other.kill();
  const { graphqlUrl: again } = await one.start();
  expect((await ask(again, CreateConversationDocument, fresh)).data).toEqual(data);
  expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
}
