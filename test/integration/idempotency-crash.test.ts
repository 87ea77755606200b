import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { CreateConversationDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import { json, silence, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';

const createInput = { channelId: 'ch1', customer: {} };
const sendInput = { conversationId: 'c1', text: 'Hello' };

let upstream: ScriptedUpstream;
let directory: string;
let gateway: GatewayProcess;
beforeAll(async () => {
  upstream = await startUpstream();
  directory = mkdtempSync(join(tmpdir(), 'idempotency-crash-'));
  gateway = new GatewayProcess({
    PORT: '0',
    EVENT_LOG: `file:${directory}`,
    UPSTREAM: 'chat-gateway-v1',
    UPSTREAM_URL: upstream.baseUrl,
    UPSTREAM_API_KEY: 'not-checked',
    UPSTREAM_TENANT: 't',
    UPSTREAM_CUSTOMER: 'c',
  });
});
afterAll(async () => {
  await gateway.dispose();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

async function ask<T, V>(graphqlUrl: string, document: TypedDocumentNode<T, V>, variables: V) {
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { data: T | null; errors?: { extensions: { code: string } }[] };
}

it('tells an outcome as unknown, and does not try again, when it was killed before the answer came', async () => {
  upstream.script = silence;
  const { graphqlUrl: before } = await gateway.start();
  const lost = Promise.allSettled([
    ask(before, CreateConversationDocument, { input: { ...createInput, idempotencyKey: 'k' } }),
    ask(before, SendMessageDocument, { input: { ...sendInput, idempotencyKey: 'k' } }),
  ]);
  await upstream.received(2);
  await gateway.kill();
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  upstream.script = json(202, { conversationId: 'c1', createdAt: '2026-01-01T10:00:00Z' });
  const { graphqlUrl: after } = await gateway.start();
  for (let tries = 0; tries < 2; tries += 1) {
    const create = await ask(after, CreateConversationDocument, { input: { ...createInput, idempotencyKey: 'k' } });
    expect(create.errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    const send = await ask(after, SendMessageDocument, { input: { ...sendInput, idempotencyKey: 'k' } });
    expect(send.errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
  }
  const other = await ask(after, SendMessageDocument, { input: { ...sendInput, text: 'Hi', idempotencyKey: 'k' } });
  expect(other.data?.sendMessage.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);

  const fresh = { input: { ...createInput, idempotencyKey: 'k2' } };
  const { data } = await ask(after, CreateConversationDocument, fresh);
  expect(data?.createConversation.conversation).not.toBeNull();
  await gateway.kill();
  const { graphqlUrl: again } = await gateway.start();
  expect((await ask(again, CreateConversationDocument, fresh)).data).toEqual(data);
  expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
});
