import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildSchema, printSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { InstalledPackages } from '../support/packed.js';
import { SECRET } from '../support/tokens.js';
import { createWebhookReceiver } from '../unit/simulator/webhook-receiver.js';
import { ObservedProcess } from './observed-process.js';

const GATEWAY = 'chat-graphql-gateway';
const CLIENT = 'chat-graphql-gateway-client';
const MAX_BYTES = 45 * 1024 * 1024;
/** Installing waits for a registry, on a busy machine also for npm itself. */
const PATIENCE_MS = 240_000;

const repository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(repository('package.json'), 'utf8')) as { version: string };

const installed = new InstalledPackages();
let printed: string;
beforeAll(() => {
  // As in the README: the gateway alone first. What npm prints is of it alone, then.
  printed = installed.install(installed.pack('.'));
}, PATIENCE_MS);
afterAll(() => installed.dispose());

const inGateway = (path: string): string => installed.path('node_modules', GATEWAY, path);
/** Runs the command as `npx` does. */
const command = (args: readonly string[], env?: Readonly<Record<string, string>>): string =>
  execFileSync('npx', ['--no-install', GATEWAY, ...args], inFolder(env));
/** The same, while this process answers requests. */
const commandInBackground = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  (await promisify(execFile)('npx', ['--no-install', GATEWAY, ...args], inFolder(env))).stdout;
const inFolder = (env: Readonly<Record<string, string>> = {}) => ({
  cwd: installed.directory,
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  encoding: 'utf8' as const,
});

/** Reads the body to its end: an unread one keeps its socket open. */
async function readStatus(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

describe('the tarball of the gateway', () => {
  it('installs without a warning, in at most 45 MB, with what the bundle cannot hold as its only dependency', () => {
    expect(printed).not.toMatch(/warn/i);
    expect(installed.size()).toBeLessThanOrEqual(MAX_BYTES);
    const { dependencies } = JSON.parse(readFileSync(inGateway('package.json'), 'utf8')) as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual(['libsql']);
  });

  it('holds the licence, the schema, the changelog and both pages, and no source maps', () => {
    const files = installed.files(GATEWAY);
    const expected = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'schema.graphql',
      'subgraph.graphql',
      'dist/cli.js',
      'dist/demo/index.html',
      'dist/ide/index.html',
    ];
    expect(files).toEqual(expect.arrayContaining(expected));
    expect(files.filter((file) => /\.map$|\.tsbuildinfo$|\.db$|(^|\/)\.env/.test(file))).toEqual([]);
    expect(statSync(inGateway('dist/cli.js')).mode & 0o111).not.toBe(0);
    expect(printSchema(buildSchema(readFileSync(inGateway('schema.graphql'), 'utf8')))).toContain('type Subscription');
  });

  it('holds the licence of every package that is bundled', () => {
    const licences = readFileSync(inGateway('dist/gateway.cjs.LEGAL.txt'), 'utf8');
    const table = readFileSync(repository('docs/architecture.md'), 'utf8').split('## Dependencies')[1] ?? '';
    const bundled = [...table.matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
    );
    const without = bundled.filter((name) => name !== 'libsql' && !licences.includes(`\n${name} `));
    expect(without).toEqual([]);
    expect(readFileSync(inGateway('dist/demo/LICENSES.txt'), 'utf8')).toMatch(/^react-dom [\d.]+ \(MIT\)$/m);
    expect(existsSync(inGateway('dist/ide/LICENSE'))).toBe(true);
  });

  it('has a README and docs whose links lead to what is in it', () => {
    const pages = installed.files(GATEWAY).filter((file) => file.endsWith('.md') && !file.startsWith('node_modules/'));
    expect(brokenLinks(GATEWAY, pages)).toEqual([]);
  });
});

describe('the installed gateway', () => {
  it('prints its version', () => {
    expect(command(['--version'])).toBe(`${version}\n`);
  });

  it('issues tokens', () => {
    const token = command(['token', '--role', 'customer', '--customer-id', 'mia'], { AUTH_SECRET: SECRET });
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ customer_id: 'mia' });
  });

  it('serves queries, subscriptions, its pages and the bundled chat, over a log in the folder', async () => {
    const gateway = new ObservedProcess({ EVENT_LOG: `file:${installed.path('data')}` }, inGateway('dist/cli.js'));
    try {
      const { graphqlUrl, wsUrl } = await gateway.line('listening');
      const url = new URL(String(graphqlUrl)).origin;
      expect(await firstAgentMessage(url, String(wsUrl))).toMatch(/^Hello, Mia!/);
      const pages = ['/', '/demo/', '/demo/chat.js', '/demo/chat.css', '/demo/widget.js', '/ide/', '/ide/main.js'];
      expect(await Promise.all(pages.map((path) => readStatus(url + path)))).toEqual(pages.map(() => 200));
      gateway.signal('SIGTERM');
      expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
    } finally {
      await gateway.dispose();
    }
  });

  it('simulates a contact centre, sets itself up with it and diagnoses it', async () => {
    const { startSimulator } = await import('../support/command.js');
    const centre = await startSimulator('--agents', 'manual');
    const receiver = await createWebhookReceiver();
    try {
      const settings = { ...centre.settings, UPSTREAM: 'chat-gateway-v1', PUBLIC_URL: new URL(receiver.url).origin };
      await commandInBackground(['setup', '--queue', centre.settings['QUEUE_ID'] ?? '', '--name', 'Web chat'], settings);
      expect(await commandInBackground(['doctor'], settings)).toMatch(/ok/i);
    } finally {
      await receiver.close();
      await centre.stop();
    }
  });
});

describe('the installed client package', () => {
  beforeAll(() => {
    printed = installed.install(installed.pack('client'), 'ws@8.23.0');
  }, PATIENCE_MS);

  it('installs without a warning, holds its licence and types, and no source maps', () => {
    expect(printed).not.toMatch(/warn/i);
    const files = installed.files(CLIENT);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']));
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    expect(brokenLinks(CLIENT, ['README.md'])).toEqual([]);
  });

  it('has the files that its exports name', () => {
    const { exports, version: own } = JSON.parse(readFileSync(installed.path('node_modules', CLIENT, 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, string> | string>;
      version: string;
    };
    const targets = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
    expect(targets.filter((target) => !existsSync(installed.path('node_modules', CLIENT, target)))).toEqual([]);
    expect(own).toBe(version);
  });

  it('follows a conversation of the installed gateway up to its first agent', async () => {
    const gateway = new ObservedProcess({ EVENT_LOG: `file:${installed.path('data-of-client')}` }, inGateway('dist/cli.js'));
    try {
      const { wsUrl } = await gateway.line('listening');
      writeFileSync(installed.path('follow.mjs'), FOLLOWING);
      const said = execFileSync(process.execPath, ['follow.mjs', String(wsUrl)], { cwd: installed.directory, encoding: 'utf8' });
      expect(said).toMatch(/^Hello, Mia!/);
    } finally {
      await gateway.dispose();
    }
  });

  it('can be bundled for browsers, without what is not used', async () => {
    writeFileSync(installed.path('browser.mjs'), `import { follow } from '${CLIENT}';\nglobalThis.follow = follow;\n`);
    const { outputFiles, warnings } = await build({
      absWorkingDir: installed.directory,
      entryPoints: ['browser.mjs'],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    expect(outputFiles[0]?.text).not.toContain('createConversation');
  });
});

/** Opens a conversation, and waits for the text of the first message that an agent sends. */
async function firstAgentMessage(url: string, wsUrl: string): Promise<string> {
  const ask = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return ((await response.json()) as { data: Record<string, unknown> }).data;
  };
  const { channels } = (await ask('{ channels(first: 1) { nodes { id } } }')) as { channels: { nodes: { id: string }[] } };
  const open =
    'mutation($c: ID!) { createConversation(input: { channelId: $c, customer: { name: "Mia" } }) { conversation { id } cursor } }';
  const created = (await ask(open, { c: channels.nodes[0]?.id })) as {
    createConversation: { conversation: { id: string }; cursor: string };
  };
  const { conversation, cursor } = created.createConversation;
  const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const query =
    'subscription($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { message { text author { type } } } }';
  const variables = { id: conversation.id, after: cursor };
  try {
    for await (const { data } of client.iterate<{ messageAdded: { message: { text: string; author: { type: string } } } }>({
      query,
      variables,
    })) {
      if (data?.messageAdded.message.author.type === 'AGENT') return data.messageAdded.message.text;
    }
    throw new Error('the subscription ended');
  } finally {
    await client.dispose();
  }
}

/** The same with the client package, as a program of its user. */
const FOLLOWING = `
import WebSocket from 'ws';
import { parse } from 'graphql';
import { connect, follow, request } from '${CLIENT}';
import { ConversationDocument, MessageAddedDocument } from '${CLIENT}/documents';

const client = connect({ url: process.argv[2], webSocketImpl: WebSocket });
const { channels } = await request(client, parse('{ channels(first: 1) { nodes { id } } }'), {});
const open = parse('mutation($c: ID!) { createConversation(input: { channelId: $c, customer: { name: "Mia" } }) { conversation { id } } }');
const { createConversation } = await request(client, open, { c: channels.nodes[0].id });
const { id } = createConversation.conversation;
const steps = follow({
  client,
  query: () => request(client, ConversationDocument, { id }),
  cursorOf: ({ conversation }) => conversation.latestCursor,
  subscription: MessageAddedDocument,
  variables: { id },
});
for await (const step of steps) {
  const message = step.kind === 'snapshot' ? undefined : step.data?.messageAdded.message;
  if (message?.author.type !== 'AGENT') continue;
  console.log(message.text);
  break;
}
await client.dispose();
`;

/** Relative links of installed pages that lead to nothing that is installed. */
function brokenLinks(name: string, pages: readonly string[]): string[] {
  return pages.flatMap((page) => {
    const text = readFileSync(installed.path('node_modules', name, page), 'utf8').replace(/```.*?```/gs, '');
    const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
    const isBroken = (link: string) => {
      const target = normalize(join(dirname(page), link));
      return target.startsWith('..') || !existsSync(installed.path('node_modules', name, target));
    };
    return links.filter(isBroken).map((link) => `${page}: ${link}`);
  });
}
