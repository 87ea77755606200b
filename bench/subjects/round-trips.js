// How many round trips to the contact centre a query takes where each takes 100 ms: what people wait for who are far from it.
import { performance } from 'node:perf_hooks';
import { BUILDS, startBuild } from '../lib/builds.js';
import { pathOf, startServer } from '../lib/processes.js';
import { ROUNDS } from '../lib/rounds.js';
import { spread } from '../lib/statistics.js';

const DELAY_MS = 100;
const ASKS = 3 * ROUNDS;
/** Requests of a kind before it is measured: the first open connections, and the code of some dozens runs before it is compiled, which is measured by `cold-start`. */
const WARM_UP = 40;

const MESSAGES = 'messages(last: 20) { nodes { id text } }';
const PARTS = `${MESSAGES} participants { type } interactions(first: 5) { nodes { interactionId } }`;
const FILES = 'messages(last: 20) { nodes { id text attachments { filename } } }';
const of = (selection) => `query($id: ID!) { conversation(id: $id) { state ${selection} } }`;
const EVERYTHING = `${PARTS} channel { name } ${FILES}`;
const NODE = `query($id: ID!) { node(id: $id) { ... on Conversation { state ${EVERYTHING} } } }`;
const SEND = `mutation($id: ID!) { sendMessage(input: { conversationId: $id, text: "Hello" }) { conversation { state ${EVERYTHING} } } }`;
const LIST = `query($after: String) { conversations(first: 20, after: $after) { nodes { state ${PARTS} channel { name } } } }`;

let asked = 0;
const fresh = () => ({ id: `files-${String((asked += 1)).padStart(8, '0')}` });
const known = () => ({ id: `files-${String(((asked += 1) % 20) + 1).padStart(8, '0')}` });
const knownNode = () => ({ id: Buffer.from(`Conversation:${known().id}`).toString('base64url') });
/** Pages that the contact centre has as they are. */
const page = () => ({ after: Buffer.from(`conversations:${(asked += 1) * 20 - 1}`).toString('base64url') });

/** Each with the variables of one request. What is not said to have been read before has been asked for by nobody. */
const SHAPES = {
  'conversation + 20 messages': [of(MESSAGES), fresh],
  '+ participants, interactions': [of(PARTS), fresh],
  "+ channel, attachments' names": [of(EVERYTHING), fresh],
  'the same of a conversation that was read before': [of(EVERYTHING), known],
  'the same as a node': [NODE, knownNode],
  'the same in the payload of sendMessage, which is one itself': [SEND, known],
  'list of 20 with messages, participants, channel, interactions': [LIST, page],
};

async function ask({ graphqlUrl }, query, variables) {
  const startedAt = performance.now();
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  if (text.includes('"errors"')) throw new Error(text.slice(0, 300));
  return (performance.now() - startedAt) / DELAY_MS;
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'), { env: { DELAY_MS: String(DELAY_MS) } });
  const proxy = await startServer(pathOf('servers/axios-proxy.js'), { env: { UPSTREAM_URL: upstream.url } });
  const servers = {};
  for (const name of Object.keys(BUILDS)) servers[name] = await startBuild(name, upstream);
  const table = [];
  for (const [shape, [query, variables]] of Object.entries(SHAPES)) {
    const row = { 'round trips': shape };
    const all = { ...servers, ...(table.length === 0 ? { 'axios proxy': proxy } : {}) };
    const taken = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
    for (let n = 0; n < WARM_UP; n += 1) await Promise.all(Object.values(all).map((server) => ask(server, query, variables())));
    for (let n = 0; n < ASKS; n += 1) {
      for (const [name, server] of Object.entries(all)) taken[name].push(await ask(server, query, variables()));
    }
    for (const name of [...Object.keys(servers), 'axios proxy']) row[name] = taken[name] ? spread(taken[name]).median.toFixed(2) : '–';
    table.push(row);
  }
  for (const server of [...Object.values(servers), proxy, upstream]) await server.stop();
  return [{ id: 'round-trips', title: `Round trips of a query, with a contact centre that takes ${DELAY_MS} ms`, table }];
}
