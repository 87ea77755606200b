import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gql } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import WebSocket from 'ws';
import { overHttpAlone, overWebSocket } from '../../../examples/recipes/apollo-client.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { CREATED, FollowedConversation } from '../followed-conversation.js';

const code = fileURLToPath(new URL('../../../examples/recipes', import.meta.url));
const page = readFileSync(new URL('../../../docs/recipes/README.md', import.meta.url), 'utf8');
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

const files = [...readdirSync(code), ...readdirSync(join(code, 'relay')).map((name) => join('relay', name))].filter((name) =>
  /^relay\/.*\.|\.tsx?$|\.sh$/.test(name),
);
it.each(files)('%s is shown as it is run', (file) => {
  expect(page).toContain(`\n${readFileSync(join(code, file), 'utf8').trimEnd()}\n\`\`\`\n`);
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
  const { client, stop } = overWebSocket(gateway.addresses.graphqlUrl, { url: gateway.addresses.wsUrl, webSocketImpl: WebSocket });
  await asksAndHears(client);
  client.stop();
  await stop();
});

it('Apollo Client: over HTTP alone', async () => {
  const client = overHttpAlone(gateway.addresses.graphqlUrl);
  await asksAndHears(client);
  client.stop();
});

it('curl', async () => {
  const env = { PATH: process.env['PATH'], GATEWAY: gateway.addresses.url, CONVERSATION: variables.id, CURSOR: variables.after };
  const script = spawn('sh', [join(code, 'curl.sh')], { env, detached: true });
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
