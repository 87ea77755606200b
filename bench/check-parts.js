// Starts what the benchmarks put together of the gateway's parts, and asks each once. It needs no packages but this repository's own; `npm test` runs it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql } from 'graphql';
import { servicesFor } from './lib/gateway-parts.js';
import { settingsOver, startFeed } from './lib/gateway-settings.js';
import { pathOf, startServer } from './lib/processes.js';
import { conversationQuery } from './lib/queries.js';

const directory = mkdtempSync(join(tmpdir(), 'bench-parts-'));
const started = [];
try {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  started.push(upstream);
  await askParts(settingsOver(upstream));
  const feed = await startFeed(settingsOver(upstream));
  started.push(feed);
  await askFeed(feed);
} finally {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(directory, { recursive: true });
}

async function askParts(settings) {
  const { schema, services, contextOf } = await servicesFor(settings, directory);
  const { query, variables } = conversationQuery('c1');
  const { data, errors } = await graphql({ schema, source: query, variableValues: variables, contextValue: contextOf(1) });
  services.api.close();
  await services.log.close();
  if (errors !== undefined || data.conversation?.messages?.nodes.length !== 20) throw new Error(JSON.stringify({ data, errors }));
}

async function askFeed({ graphqlUrl }) {
  const body = JSON.stringify({ query: '{ __typename }' });
  const response = await fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await response.text();
  if (!text.startsWith('{"data":{"__typename":"Query"}')) throw new Error(`${response.status}: ${text}`);
}
