import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toGlobalId } from '../../src/schema/global-id.js';
import { createWebhookReceiver } from '../unit/simulator/webhook-receiver.js';
import { run, startSimulator } from '../support/command.js';
import type { Outcome, SimulatorProcess } from '../support/command.js';
import { newSecret } from '../support/sink-receiver.js';

let centre: SimulatorProcess;
let settings: Record<string, string>;
beforeEach(async () => {
  centre = await startSimulator('--agents', 'manual');
  settings = { ...centre.settings, UPSTREAM: 'chat-gateway-v1', PUBLIC_URL: 'http://127.0.0.1:9' };
});
afterEach(() => centre.stop());

const queue = (): string => settings['QUEUE_ID'] ?? '';
const setup = (...options: string[]): Promise<Outcome> => run(['setup', '--queue', queue(), '--name', 'Web chat', ...options], settings);
const key = (): string => settings['UPSTREAM_API_KEY'] ?? '';

/** Runs `setup` and `doctor` where something answers at the gateway's address. */
async function whileReached<T>(work: () => Promise<T>): Promise<T> {
  const receiver = await createWebhookReceiver();
  settings['PUBLIC_URL'] = new URL(receiver.url).origin;
  try {
    return await work();
  } finally {
    await receiver.close();
  }
}

/** Calls the contact centre itself. */
async function call(path: string, method = 'GET', body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${settings['UPSTREAM_URL'] ?? ''}/chat-gateway/v1${path}`, {
    method,
    headers: { 'x-api-key': key(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function list(rel: string): Promise<Record<string, unknown>[]> {
  const { _embedded } = (await call(`/${rel}`)) as { _embedded: Record<string, Record<string, unknown>[]> };
  return _embedded[rel] ?? [];
}

describe('setup', () => {
  it('registers the webhook and a channel, and says what it did', async () => {
    const { code, stdout, stderr } = await setup();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const channel = (await list('channels')).find(({ name }) => name === 'Web chat');
    const webhook = (await list('webhooks')).find(({ uri }) => uri === 'http://127.0.0.1:9/webhooks/8x8');
    expect(webhook).toMatchObject({ notificationVersion: 'Chat Gateway v1.0' });
    expect(channel).toMatchObject({ type: 'ChatAPI', webHookId: webhook?.['id'], routingOptions: { type: 'queue', id: queue() } });
    expect(stdout.split('\n')).toEqual([
      `webhook created: ${String(webhook?.['id'])} http://127.0.0.1:9/webhooks/8x8`,
      expect.stringMatching(/^reachable from the contact centre: no \(.*ECONNREFUSED.*\)$/),
      `channel created: ${String(channel?.['id'])} "Web chat" on queue ${queue()}`,
      `CHANNEL_ID=${String(channel?.['id'])}`,
      '',
    ]);
  });

  it('is safe to run again, and changes what differs', async () => {
    const first = JSON.parse((await setup('--json')).stdout) as Record<string, Record<string, unknown>>;
    const again = JSON.parse((await setup('--json')).stdout) as unknown;
    expect(again).toEqual({
      ...first,
      webhook: { ...first['webhook'], deed: 'unchanged' },
      channel: { ...first['channel'], deed: 'unchanged' },
    });
    const other = (await list('channels')).find(({ routingOptions }) => (routingOptions as { id: string }).id !== queue());
    settings['QUEUE_ID'] = (other?.['routingOptions'] as { id: string }).id;
    const moved = JSON.parse((await setup('--json')).stdout) as unknown;
    expect(moved).toMatchObject({
      webhook: { webhookId: first['webhook']?.['webhookId'], deed: 'unchanged' },
      channel: { channelId: first['channel']?.['channelId'], queueId: queue(), deed: 'updated' },
    });
    expect(await list('webhooks')).toHaveLength(2);
    expect(await list('channels')).toHaveLength(3);
  });

  it('reports that the contact centre reaches the webhook', async () => {
    const receiver = await createWebhookReceiver();
    settings['PUBLIC_URL'] = new URL(receiver.url).origin;
    expect((await setup()).stdout).toContain('reachable from the contact centre: yes\n');
    expect(receiver.received).toMatchObject([{ event: { eventType: 'WEB_HOOK_VERIFY' } }]);
    await receiver.close();
  });

  it('does not choose between channels of one name', async () => {
    const [webhook] = await list('webhooks');
    const channel = { name: 'Web chat', type: 'ChatAPI', webHookId: webhook?.['id'], routingOptions: { type: 'queue', id: queue() } };
    await call('/channels', 'POST', channel);
    await call('/channels', 'POST', channel);
    expect(await setup()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^setup: There are several channels named "Web chat".*\n$/) as string,
    });
  });

  it.each([
    ['no arguments', []],
    ['no name', ['--queue', 'q']],
    ['an empty queue', ['--queue', '', '--name', 'n']],
    ['a name over 255 characters', ['--queue', 'q', '--name', 'n'.repeat(256)]],
    ['an unknown option', ['--queue', 'q', '--name', 'n', '--force']],
  ])('exits with 2 on %s, with the usage', async (_what, args) => {
    const outcome = await run(['setup', ...args], settings);
    expect(outcome).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^setup: .*usage: chat-graphql-gateway setup.*\n$/) as string,
    });
  });

  it.each([
    ['an unknown queue', { QUEUE_ID: 'none' }, /^setup: The contact centre rejected .*routingOptions\.id.*\n$/],
    ['a wrong key', { UPSTREAM_API_KEY: 'wrong' }, /^setup: .*credentials \(HTTP 401\).*\n$/],
    ['nobody there', { UPSTREAM_URL: 'http://127.0.0.1:9' }, /^setup: .*\(ECONNREFUSED\)\n$/],
    ['no public address', { PUBLIC_URL: '' }, /^setup: Setting PUBLIC_URL: is missing.*\n$/],
    ['the simulator', { UPSTREAM: 'simulator' }, /^setup: Setting UPSTREAM: .*\n$/],
    ['no tenant', { UPSTREAM_TENANT: '' }, /^setup: Setting UPSTREAM_TENANT: is missing.*\n$/],
  ])('exits with 1 and one line on %s', async (_what, change, line) => {
    Object.assign(settings, change);
    const { code, stderr } = await setup();
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('    at ');
  });
});

describe('doctor', () => {
  it('finds no problem after setup, and changes nothing', () => whileReached(findsNoProblem));

  async function findsNoProblem(): Promise<void> {
    await setup();
    for (const name of ['Ana', 'Eve']) {
      const user = { name, userId: name, email: `${name}@example.com` };
      const { conversationId } = await call('/conversations', 'POST', {
        channelId: settings['CHANNEL_ID'],
        user,
        history: {
          messages: [
            { authorType: 'bot', text: 'Hello' },
            { authorType: 'user', text: 'Hi' },
          ],
        },
      });
      await fetch(`${settings['UPSTREAM_URL'] ?? ''}/_sim/agent-accepts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ conversationId }),
      });
    }
    const before = await fetch(`${settings['UPSTREAM_URL'] ?? ''}/_sim/state`).then((response) => response.text());
    const { code, stdout, stderr } = await run(['doctor'], settings);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(key());
    expect(stdout).not.toContain('example.com');
    await expect(fetch(`${settings['UPSTREAM_URL'] ?? ''}/_sim/state`).then((response) => response.text())).resolves.toBe(before);
  }

  it('exits with 1 where something differs', async () => {
    const { code, stdout } = await run(['doctor', '--json'], settings);
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; result: string }[] };
    expect(findings.filter(({ result }) => result === 'differs').map(({ check }) => check)).toEqual([
      'webhook of this gateway',
      'address of this gateway',
      'channels of this gateway',
    ]);
    expect(findings).toContainEqual({ check: 'messages', result: 'unknown', detail: expect.any(String) as string });
  });

  it('names the channels of sinks that are not there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'doctor-'));
    const SINKS_FILE = join(directory, 'sinks.json');
    const sink = { url: 'https://x.example', secret: newSecret() };
    const check = async (...channelIds: (string | undefined)[]) => {
      writeFileSync(
        SINKS_FILE,
        JSON.stringify([
          { ...sink, name: 'all' },
          { ...sink, name: 'crm', channelIds },
        ]),
      );
      const { stdout } = await run(['doctor'], { ...settings, SINKS_FILE });
      return stdout.trim().split('\n').at(-1);
    };
    const CHECK = 'channels of sinks (SINKS_FILE)';
    expect(await check(settings['CHANNEL_ID'])).toBe(`ok       ${CHECK}: 1 looked at`);
    expect(await check('typo', settings['CHANNEL_ID'], toGlobalId('Channel', 'other'))).toBe(
      `differs  ${CHECK}: there is no such channel: sink "crm" names typo, sink "crm" names other`,
    );
    settings['UPSTREAM_API_KEY'] = 'wrong';
    expect(await check('typo')).toMatch(/^unknown {2}channels of sinks .*: the channels cannot be read: The contact centre/);
    rmSync(directory, { recursive: true });
  });

  it('distinguishes a wrong key from a wrong tenant', async () => {
    const wrongKey = await run(['doctor'], { ...settings, UPSTREAM_API_KEY: 'wrong' });
    expect(wrongKey).toMatchObject({ code: 1, stderr: '' });
    expect(wrongKey.stdout).toMatch(/^differs +credentials: .*401.*\nunknown +tenant: .*\n$/);
    const wrongTenant = await run(['doctor'], { ...settings, UPSTREAM_TENANT: 'wrong' });
    expect(wrongTenant.code).toBe(1);
    expect(wrongTenant.stdout).toMatch(/^ok +credentials: .*\ndiffers +tenant: .*403.*\n$/);
  });

  it('exits with 1 and one line if the upstream is unreachable, and with 2 on an unknown option', async () => {
    const nobody = await run(['doctor'], { ...settings, UPSTREAM_URL: 'http://127.0.0.1:9' });
    expect(nobody).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^doctor: .*\(ECONNREFUSED\)\n$/) as string });
    expect(await run(['doctor', '--fix'], settings)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('over the older generation', () => {
  it('registers, is safe to run again, and migrates to the newer generation; doctor reports the state', () =>
    whileReached(registersAndMigrates));

  async function registersAndMigrates(): Promise<void> {
    settings['UPSTREAM'] = 'chat-api-v2';
    const first = JSON.parse((await setup('--json')).stdout) as Record<string, Record<string, unknown>>;
    expect(first).toMatchObject({ webhook: { deed: 'created' }, channel: { queueId: queue(), deed: 'created' } });
    expect(await list('webhooks')).toContainEqual(expect.objectContaining({ id: first['webhook']?.['webhookId'], version: 'v2.0' }));
    expect(JSON.parse((await setup('--json')).stdout)).toMatchObject({ webhook: { deed: 'unchanged' }, channel: { deed: 'unchanged' } });
    const { code, stdout, stderr } = await run(['doctor'], settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('ok       webhook of this gateway: ');
    expect(stdout).not.toMatch(/^differs/m);
    const wrongSecret = await run(['doctor'], { ...settings, UPSTREAM_API_SECRET: 'wrong' });
    expect(wrongSecret).toMatchObject({ code: 1, stderr: '' });
    expect(wrongSecret.stdout).toMatch(/^differs +credentials: .*401.*\nunknown +tenant: .*\n$/);
    const wrongTenant = await run(['doctor'], { ...settings, UPSTREAM_TENANT: 'wrong' });
    expect(wrongTenant).toMatchObject({ code: 1, stderr: '' });
    expect(wrongTenant.stdout).toMatch(/^ok +credentials: .*\ndiffers +tenant: .*\n$/);
    const nobody = await run(['doctor'], { ...settings, UPSTREAM_URL: 'http://127.0.0.1:9' });
    expect(nobody).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^doctor: .*ECONNREFUSED.*\n$/) as string });
    settings['UPSTREAM'] = 'chat-gateway-v1';
    expect(JSON.parse((await setup('--json')).stdout)).toMatchObject({ webhook: { deed: 'updated' }, channel: { deed: 'unchanged' } });
    expect(await list('webhooks')).toContainEqual(
      expect.objectContaining({ id: first['webhook']?.['webhookId'], version: 'Chat Gateway v1.0' }),
    );
  }
});
