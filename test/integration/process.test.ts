import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/command.js';
import { patiently } from '../support/patience.js';
import { ObservedProcess, rejectedSettings } from './observed-process.js';
import { connectRaw } from './raw-socket.js';

const directory = mkdtempSync(join(tmpdir(), 'gateway-process-'));
const started: ObservedProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((process) => process.dispose())));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A gateway over the simulated contact centre and an event log of this file's own. */
function start(settings: Readonly<Record<string, string>> = {}): ObservedProcess {
  const process = new ObservedProcess({ EVENT_LOG: `file:${directory}`, ...settings });
  started.push(process);
  return process;
}

async function ask(url: unknown, query: string, variables: object = {}): Promise<Record<string, Record<string, unknown>>> {
  const body = JSON.stringify({ query, variables });
  const response = await fetch(String(url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data } = (await response.json()) as { data: Record<string, Record<string, unknown>> };
  return data;
}

it('logs its address, and JSON lines without message texts', async () => {
  const gateway = start();
  const { graphqlUrl, wsUrl, webhookUrl, level, time } = await gateway.line('listening');
  expect(level).toBe('info');
  expect(new Date(time).toISOString()).toBe(time);
  const [, port] = /^http:\/\/127\.0\.0\.1:(\d+)\/graphql$/.exec(String(graphqlUrl)) ?? [];
  expect([wsUrl, webhookUrl]).toEqual([`ws://127.0.0.1:${port}/graphql`, `http://127.0.0.1:${port}/webhooks/8x8`]);

  const { channels } = await ask(graphqlUrl, '{ channels(first: 1) { nodes { id } } }');
  const [channel] = (channels?.['nodes'] ?? []) as { id: string }[];
  const history = 'history: [{ sentAs: CUSTOMER, text: "a secret text" }]';
  const create = `mutation($id: ID!) { createConversation(input: { channelId: $id, customer: {}, ${history} }) { conversation { id } } }`;
  const { createConversation } = await ask(graphqlUrl, create, { id: channel?.id });
  const { id } = createConversation?.['conversation'] as { id: string };
  const send = 'mutation($id: ID!) { sendMessage(input: { conversationId: $id, text: "a secret text" }) { userErrors { code } } }';
  expect(await ask(graphqlUrl, send, { id })).toEqual({ sendMessage: { userErrors: [] } });
  await gateway.line('webhook accepted');

  gateway.signal('SIGTERM');
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  expect(gateway.lines.at(-1)).toMatchObject({ level: 'info', msg: 'stopped', durationMs: expect.any(Number) });
  expect(gateway.lines.map(({ msg }) => msg)).toContain('request');
  expect(JSON.stringify(gateway.lines)).not.toMatch(/secret|x-8x8|eyJ|api-?key/i);
});

it.each(['warn', 'error', 'fatal'])('logs its address with LOG_LEVEL=%s, too, and nothing else', async (level) => {
  const gateway = start({ LOG_LEVEL: level });
  expect(await gateway.line('listening')).toMatchObject({ level: 'info', graphqlUrl: expect.stringContaining('http') });
  gateway.signal('SIGTERM');
  expect((await gateway.exited()).code).toBe(0);
  expect(gateway.lines.filter((line) => line.level === 'info')).toHaveLength(1);
});

it('prints its version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  for (const command of ['--version', '-v', 'version'])
    expect(await run([command])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('does not start in production without a configured contact centre', async () => {
  const { code, stderr } = await start({ NODE_ENV: 'production' }).exited();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^Setting UPSTREAM: is missing/)]);
  const simulated = start({ NODE_ENV: 'production', UPSTREAM: 'simulator' });
  await simulated.line('listening');
});

it('answers on after a query of which graphql abandons a promise that then rejects', async () => {
  // A log without other conversations in its inbox.
  const log = mkdtempSync(join(directory, 'abandoned-'));
  const gateway = start({ EVENT_LOG: `file:${log}`, LOG_LEVEL: 'debug' });
  const { graphqlUrl } = await gateway.line('listening');
  const send = (type: string, conversation: string, data: object) => {
    const to = ['--url', new URL(String(graphqlUrl)).origin, '--conversation', conversation];
    return run(['events', 'send', type, ...to, '--data', JSON.stringify(data)]);
  };
  expect(await send('conversation-update', 'c-1', { user: { name: 'Mia' } })).toMatchObject({ code: 0 });
  // Its customer is in no event, and is asked for: a promise, before the customer of the other one, whose selection throws.
  expect(await send('message', 'c-2', { text: 'Hi' })).toMatchObject({ code: 0 });
  const query = 'query ($shown: Boolean = true) { inbox(first: 2) { nodes { customer { name @include(if: $shown) } } } }';
  expect(await ask(graphqlUrl, query, { shown: null })).toBeNull();
  expect(await gateway.line('error of a field after its response')).toMatchObject({ level: 'debug', error: { name: 'GraphQLError' } });
  expect(await ask(graphqlUrl, '{ __typename }')).toEqual({ __typename: 'Query' });
});

it('injects the configured faults into its simulator', async () => {
  const gateway = start({ SIMULATOR_FAULTS: 'latency=5,rate-limited=1' });
  const { graphqlUrl } = await gateway.line('listening');
  const body = JSON.stringify({ query: '{ channels(first: 1) { nodes { id } } }' });
  const response = await fetch(String(graphqlUrl), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }] });
  const { code, stderr } = await start({ SIMULATOR_FAULTS: 'flood=1' }).exited();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^Setting SIMULATOR_FAULTS: .*unknown fault flood/)]);
});

it('keeps running when its log output is no longer read', async () => {
  const gateway = start();
  const { graphqlUrl } = await gateway.line('listening');
  gateway.stopReading();
  // Each writes a line.
  for (let request = 0; request < 3; request += 1)
    expect(await ask(graphqlUrl, '{ gateway { __typename } }')).toEqual({ gateway: { __typename: 'Gateway' } });
  gateway.signal('SIGTERM');
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
});

it.each(['SIGTERM', 'SIGINT'] as const)('closes its sockets with 1012 and ends well on %s', async (signal) => {
  const gateway = start({ DRAIN_SECONDS: '5' });
  const { wsUrl } = await gateway.line('listening');
  const sockets = await Promise.all([1, 2, 3].map(() => connectRaw(String(wsUrl))));
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  const asked = performance.now();
  gateway.signal(signal);
  expect((await closed).map(([code]) => code as number)).toEqual([1012, 1012, 1012]);
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  const stop = gateway.lines.filter(({ msg }) => msg === 'stopping' || msg === 'stopped');
  expect(stop).toMatchObject([
    { level: 'info', msg: 'stopping', signal, sockets: 3 },
    { level: 'info', msg: 'stopped', durationMs: expect.any(Number) },
  ]);
  expect(Number.isInteger(stop[1]?.['durationMs'])).toBe(true);
  expect(performance.now() - asked).toBeLessThan(patiently(5_000));
});

it('exits in time even if a client keeps its socket open', async () => {
  const gateway = start({ DRAIN_SECONDS: '1' });
  const socket = await connectRaw(String((await gateway.line('listening'))['wsUrl']));
  socket.pause();
  const asked = performance.now();
  gateway.signal('SIGTERM');
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  expect(performance.now() - asked).toBeLessThan(patiently(10_000));
  socket.terminate();
});

it('does not start with invalid settings, and says for each what is allowed', async () => {
  const keyFile = join(directory, 'key');
  writeFileSync(keyFile, '');
  const { code, stderr } = await start({
    PORT: 'a secret port',
    UPSTREAM: 'chat-gateway-v1',
    UPSTREAM_URL: 'ftp://nowhere',
    UPSTREAM_API_KEY_FILE: keyFile,
    UPSTREAM_TENANT: 'acme01',
    EVENT_LOG: 'memory:',
    LOG_LEVEL: 'loud',
  }).exited();
  expect(code).toBe(1);
  expect(rejectedSettings(stderr)).toEqual([
    'EVENT_LOG',
    'LOG_LEVEL',
    'PORT',
    'UPSTREAM_API_KEY_FILE',
    'UPSTREAM_CUSTOMER',
    'UPSTREAM_URL',
  ]);
  expect(stderr).not.toContain('a secret port');
});

it('does not start with an event log that another process has open, or on a port in use', async () => {
  const first = start();
  const { graphqlUrl } = await first.line('listening');
  const elsewhere = mkdtempSync(join(directory, 'another-'));
  const second = start();
  const third = start({ EVENT_LOG: `file:${elsewhere}`, PORT: new URL(String(graphqlUrl)).port });
  expect(await second.exited()).toEqual({ code: 1, stderr: `Cannot start: ${join(directory, 'events.db')} is open in another process.\n` });
  expect(await third.exited()).toEqual({ code: 1, stderr: expect.stringMatching(/^Cannot start: .*EADDRINUSE.*\n$/) });
  expect(await ask(graphqlUrl, '{ gateway { version } }')).toMatchObject({ gateway: { version: expect.any(String) } });
});
