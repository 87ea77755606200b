import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gql } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import { readManifest } from '../../../src/transport/documents/persisted-documents.js';
import { describeExample } from '../../support/needs.js';
import { RunningGateway } from '../../support/running-gateway.js';

const recipes = fileURLToPath(new URL('../../../examples/recipes', import.meta.url));
const OPEN =
  'mutation Open($channel: ID!) { createConversation(input: { channelId: $channel, customer: {} }) { cursor conversation { id } } }';
const FOLLOW = 'subscription Follow($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { type } }';

describeExample('recipes', 'build:recipes')('trusted documents', () => {
  it('of Apollo’s tool are executed for Apollo Client, and nothing else', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'manifest-'));
    writeFileSync(join(directory, 'open.graphql'), OPEN);
    writeFileSync(join(directory, 'follow.graphql'), FOLLOW);
    writeFileSync(join(directory, 'persisted-query-manifest.config.json'), '{"documents":["*.graphql"],"output":"manifest.json"}');
    const tool = join(recipes, 'node_modules/@apollo/generate-persisted-query-manifest/cli.js');
    await promisify(execFile)(process.execPath, [tool], { cwd: directory });
    const manifest = readFileSync(join(directory, 'manifest.json'), 'utf8');
    rmSync(directory, { recursive: true });

    const gateway = await RunningGateway.start({ config: { trustedDocuments: readManifest(manifest) } });
    const { trustedClient } = (await import(join(recipes, 'trusted-documents.ts'))) as {
      trustedClient: (httpUrl: string, loadManifest: () => Promise<unknown>) => ApolloClient;
    };
    const client = trustedClient(gateway.addresses.graphqlUrl, () => Promise.resolve(JSON.parse(manifest)));
    const { data } = await client.mutate({
      mutation: gql(OPEN),
      variables: { channel: gateway.simulator.channelId },
    });
    const { cursor, conversation } = (data as { createConversation: { cursor: string; conversation: { id: string } } }).createConversation;
    const first = await new Promise((resolve, reject) => {
      const subscription = client.subscribe({ query: gql(FOLLOW), variables: { id: conversation.id, after: cursor } }).subscribe({
        next: (result) => {
          resolve(result.data);
          subscription.unsubscribe();
        },
        error: reject,
      });
    });
    expect(first).toMatchObject({ conversationEvents: { type: 'CONVERSATION_UPDATED' } });
    await expect(client.query({ query: gql('query Other { viewer { role } }') })).rejects.toThrow();
    client.stop();
    await gateway.stop();
  });
});
