import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gql } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import WebSocket from 'ws';
import { overHttpAlone, overWebSocket } from '../../docs/recipes/code/apollo-client.js';
import { messages } from '../../docs/recipes/code/graphql-ws.js';
import { urqlClient } from '../../docs/recipes/code/urql.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

const recipes = fileURLToPath(new URL('../../docs/recipes', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const CHANNELS = '{ channels(first: 1) { nodes { id name } } }';
const MESSAGES = `subscription ($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { message { id text } } }`;

let gateway: RunningGateway;
let conversation: FollowedConversation;
let variables: { id: string; after: string };
beforeAll(async () => {
  gateway = await RunningGateway.start();
  conversation = await FollowedConversation.create(gateway);
  await conversation.expectNext(...CREATED);
  gateway.simulator.centre.agentAccepts(conversation.id);
  gateway.simulator.centre.agentSays(conversation.id, 'one');
  await conversation.expectNext('AGENT_JOINED', 'MESSAGE_ADDED');
  variables = { id: conversation.id, after: conversation.origin };
});
afterAll(() => gateway.stop());

it('are shown as they are run', () => {
  const pages = readdirSync(recipes).filter((name) => name.endsWith('.md'));
  const shown = pages.map((name) => readFileSync(join(recipes, name), 'utf8')).join('\n');
  for (const file of readdirSync(join(recipes, 'code'), { recursive: true, withFileTypes: true })) {
    if (file.isFile()) expect(shown).toContain(`\n${readFileSync(join(file.parentPath, file.name), 'utf8').trimEnd()}\n\`\`\`\n`);
  }
});

it('graphql-ws: hears messages, and goes on after the gateway was away', async () => {
  const heard = messages(gateway.addresses.wsUrl, variables.id, variables.after, () => undefined, WebSocket);
  expect((await heard.next()).value).toMatchObject({ text: 'one' });
  const next = heard.next();
  const port = Number(new URL(gateway.addresses.url).port);
  await conversation.stop();
  await gateway.gateway.close();
  gateway.simulator.centre.agentSays(variables.id, 'two');
  await gateway.restart(port);
  expect((await next).value).toMatchObject({ text: 'two' });
  await heard.return(undefined);
});

async function asksAndHears(client: ApolloClient): Promise<void> {
  const { data } = await client.query({ query: gql(CHANNELS) });
  expect(data).toMatchObject({ channels: { nodes: [{ id: expect.any(String) as unknown }] } });
  const first = await new Promise((resolve, reject) => {
    const subscription = client.subscribe({ query: gql(MESSAGES), variables }).subscribe({
      next: (result) => {
        resolve(result.data);
        subscription.unsubscribe();
      },
      error: reject,
    });
  });
  expect(first).toMatchObject({ messageAdded: { message: { text: 'one' } } });
}

it('Apollo Client: over a WebSocket', async () => {
  const { client, stop } = overWebSocket(gateway.addresses.graphqlUrl, gateway.addresses.wsUrl, WebSocket);
  await asksAndHears(client);
  client.stop();
  await stop();
});

it('Apollo Client: over HTTP alone', async () => {
  const client = overHttpAlone(gateway.addresses.graphqlUrl);
  await asksAndHears(client);
  client.stop();
});

it('urql', async () => {
  const { client, stop } = urqlClient(gateway.addresses.graphqlUrl, gateway.addresses.wsUrl, WebSocket);
  const { data, error } = await client.query(CHANNELS, {}).toPromise();
  expect([error, data]).toMatchObject([undefined, { channels: { nodes: [{ id: expect.any(String) }] } }]);
  const first = await new Promise((resolve) => {
    const { unsubscribe } = client.subscription(MESSAGES, variables).subscribe((result) => {
      resolve(result.data);
      queueMicrotask(() => unsubscribe());
    });
  });
  expect(first).toMatchObject({ messageAdded: { message: { text: 'one' } } });
  await stop();
});

/** What this test needs of relay-runtime, which declares no types of its own. */
interface Relay {
  fetchQuery(environment: unknown, query: unknown, variables: object): { toPromise(): Promise<unknown> };
  createOperationDescriptor(query: unknown, variables: object): { readonly fragment: unknown };
}
interface Environment {
  retain(operation: object): { dispose(): void };
  lookup(fragment: unknown): { readonly data: { conversation: { messages: Messages } } };
}
interface Messages {
  readonly edges: readonly { readonly node: { readonly text: string } }[];
  readonly pageInfo: { readonly startCursor: string };
}

it('Relay: its compiler takes the schema and the operations, and its store joins the pages', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'relay-test-'));
  mkdirSync(join(directory, '__generated__'));
  cpSync(join(recipes, 'code/relay/thread.js'), join(directory, 'thread.js'));
  cpSync(join(root, 'schema.graphql'), join(directory, 'schema.graphql'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  cpSync(join(recipes, 'code/relay/relay.config.json'), join(directory, 'relay.config.json'));
  const compiler = join(root, 'node_modules/relay-compiler/cli.js');
  await promisify(execFile)(process.execPath, [compiler, 'relay.config.json'], { cwd: directory }).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout}${stderr}`);
  });
  const generated = join(directory, '__generated__');
  expect(readdirSync(generated).sort()).toEqual(['threadQuery.graphql.js', 'threadSubscription.graphql.js']);
  const { default: query } = (await import(join(generated, 'threadQuery.graphql.js'))) as { default: unknown };
  rmSync(directory, { recursive: true });

  gateway.simulator.centre.agentSays(variables.id, 'the last');
  const { environment, stop } = await relay();
  const { fetchQuery, createOperationDescriptor } = (await import('relay-runtime')) as Relay;
  const operation = createOperationDescriptor(query, { id: variables.id, count: 1 });
  const kept = environment.retain(operation);
  const inStore = () => environment.lookup(operation.fragment).data.conversation.messages;
  await fetchQuery(environment, query, { id: variables.id, count: 1 }).toPromise();
  expect(inStore().edges.map(({ node }) => node.text)).toEqual(['the last']);
  const before = inStore().pageInfo.startCursor;
  await fetchQuery(environment, query, { id: variables.id, count: 1, before }).toPromise();
  expect(inStore().edges).toHaveLength(2);
  expect(inStore().edges[1]?.node.text).toBe('the last');
  kept.dispose();
  await stop();
});

async function relay(): Promise<{ environment: Environment; stop: () => Promise<void> }> {
  const { relayEnvironment } = (await import(join(recipes, 'code/relay/environment.js'))) as {
    relayEnvironment: (httpUrl: string, wsUrl: string, webSocketImpl: unknown) => Awaited<ReturnType<typeof relay>>;
  };
  return relayEnvironment(gateway.addresses.graphqlUrl, gateway.addresses.wsUrl, WebSocket);
}

it('curl', async () => {
  const env = { PATH: process.env['PATH'], GATEWAY: gateway.addresses.url, CONVERSATION: variables.id, CURSOR: variables.after };
  const script = spawn('sh', [join(recipes, 'code/curl.sh')], { env, detached: true });
  let heard = '';
  script.stdout.setEncoding('utf8');
  for await (const text of script.stdout as AsyncIterable<string>) {
    heard += text;
    if (heard.includes('MESSAGE_ADDED')) break;
  }
  expect(heard).toMatch(/"channels":[\s\S]*"INTERACTION_QUEUED"[\s\S]*"MESSAGE_ADDED"/);
  const closed = once(script, 'exit');
  process.kill(-(script.pid ?? 0));
  await closed;
});
