import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The gateway as built, which `npm test` does first. */
const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));
const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url));
/** Inside of the project, so that a copy of the gateway finds its native module. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const LIMIT = /\bMAX_PAGE_SIZE=100\b/;
const RAISED = 200;

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string }[];
}

/** Runs a copy of the built gateway whose page limit, and nothing else, is another one. */
async function raisedGateway(directory: string) {
  const copy = join(directory, 'dist');
  cpSync(BUILT, copy, { recursive: true });
  cpSync(MANIFEST, join(directory, 'package.json'));
  const code = readFileSync(join(BUILT, 'gateway.cjs'), 'latin1');
  expect(code.match(new RegExp(LIMIT, 'g'))).toHaveLength(1);
  writeFileSync(join(copy, 'gateway.cjs'), code.replace(LIMIT, `MAX_PAGE_SIZE=${RAISED}`), 'latin1');
  const child = spawn(process.execPath, [join(copy, 'gateway.cjs'), 'serve'], {
    env: { PATH: process.env['PATH'], PORT: '0', EVENT_LOG: `file:${join(directory, 'log')}`, RATE_LIMIT: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, graphqlUrl } = JSON.parse(line) as { msg: string; graphqlUrl: string };
    if (msg !== 'listening') continue;
    child.stdout.resume();
    const ask = async (query: string, variables: object = {}): Promise<Result> => {
      const headers = { 'content-type': 'application/json' };
      return (await (await fetch(graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).json()) as Result;
    };
    return { ask, stop };
  }
  throw new Error('the gateway did not start');
}

it('is one constant: a raised one is enough for longer pages of messages, ids and descriptions', async () => {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, 'page-limit-'));
  const gateway = await raisedGateway(directory);
  try {
    const channels = (await gateway.ask('{ channels(first: 1) { nodes { channelId } } }')).data as {
      channels: { nodes: { channelId: string }[] };
    };
    const history = Array.from({ length: 150 }, (_, index) => ({ sentAs: 'CUSTOMER', text: `message ${index}` }));
    const created = await gateway.ask(
      `mutation ($input: CreateConversationInput!) {
        createConversation(input: $input) { userErrors { message } conversation { id messages(first: 150) { totalCount nodes { text } } } }
      }`,
      { input: { channelId: channels.channels.nodes[0]?.channelId, customer: { name: 'Ann' }, history } },
    );
    expect(created).toMatchObject({
      data: {
        createConversation: {
          userErrors: [],
          conversation: { messages: { totalCount: 150, nodes: history.map(({ text }) => ({ text })) } },
        },
      },
    });
    const { id } = (created.data as { createConversation: { conversation: { id: string } } }).createConversation.conversation;
    const page = 'query ($id: ID!, $last: Int) { conversation(id: $id) { messages(last: $last) { nodes { text } } } }';
    expect((await gateway.ask(page, { id, last: 120 })).data).toEqual({
      conversation: { messages: { nodes: history.slice(-120).map(({ text }) => ({ text })) } },
    });
    expect((await gateway.ask(page, { id, last: 201 })).errors?.[0]?.message).toBe('`last` must be between 1 and 200; got 201.');
    const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect((await gateway.ask(nodes, { ids: Array<string>(150).fill(id) })).data).toEqual({ nodes: Array(150).fill({ id }) });
    const type = await gateway.ask('{ __type(name: "Conversation") { fields { name args { name description } } } }');
    expect(JSON.stringify(type)).toContain('1 to 200');
    expect(JSON.stringify(type)).not.toContain('1 to 100');
  } finally {
    await gateway.stop();
    rmSync(directory, { recursive: true });
  }
});
