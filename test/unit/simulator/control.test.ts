import { readFileSync } from 'node:fs';
import { readConfig } from '../../../src/config.js';
import { simulate } from '../../../src/cli/simulate.js';
import { ACTIONS } from '../../../src/simulator/control/actions.js';
import { FAULTS } from '../../../src/simulator/faults/faults.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { create, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';

async function act(sim: Simulator, action: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sim.url}/_sim/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function look(sim: Simulator, what: 'state' | 'events'): Promise<Record<string, Record<string, unknown>[]>> {
  const response = await fetch(`${sim.url}/_sim/${what}`);
  return (await response.json()) as Record<string, Record<string, unknown>[]>;
}

describe('control over HTTP', () => {
  let sim: Simulator;
  beforeEach(async () => {
    sim = createSimulator({ signingKey: sharedKey, agents: 'manual' });
    await sim.listen();
  });
  afterEach(() => sim.close());

  it('plays the agents', async () => {
    const conversationId = await create(sim);
    expect(await act(sim, 'agent-accepts', { conversationId })).toMatchObject({
      status: 200,
      body: { agentId: expect.any(String) as string },
    });
    await act(sim, 'agent-types', { conversationId });
    expect(sim.centre.conversation(conversationId).typing.size).toBe(1);
    await act(sim, 'agent-says', { conversationId, text: 'Hello' });
    await act(sim, 'agent-transfers', { conversationId, queueId: sim.queueIds[1], order: 'left-first' });
    await act(sim, 'agent-accepts', { conversationId });
    await act(sim, 'agent-leaves', { conversationId });
    const [conversation] = (await look(sim, 'state'))['conversations'] ?? [];
    expect(conversation).toMatchObject({ id: conversationId, state: 'idle', messages: [{ text: 'Hello' }] });
  });

  it('makes lists lag and catch up', async () => {
    const conversationId = await create(sim);
    await act(sim, 'list-lag', { conversationId, on: true });
    await say(sim, conversationId, 'Hi');
    expect(sim.centre.conversation(conversationId).messages[0]?.listed).toBe(false);
    await act(sim, 'list-lag', { conversationId, on: false });
    expect(sim.centre.conversation(conversationId).messages[0]?.listed).toBe(true);
  });

  it('sets the webhook and shows its deliveries', async () => {
    const receiver = await createWebhookReceiver();
    await act(sim, 'webhook-url', { url: receiver.url });
    await create(sim);
    await receiver.until(3);
    await sim.webhookSender.settled();
    const { events = [] } = await look(sim, 'events');
    expect(events.map(({ eventType, state }) => [eventType, state])).toEqual([
      ['CONVERSATION_UPDATE', 'delivered'],
      ['CONVERSATION_UPDATE', 'delivered'],
      ['QUEUED', 'delivered'],
    ]);
    await receiver.close();
  });

  it('lists its actions when an unknown one is requested', async () => {
    const { status, body } = await act(sim, 'agent-sleeps', {});
    expect(status).toBe(404);
    expect(body['actions']).toEqual(expect.arrayContaining(['agent-accepts', 'webhook-url']));
  });

  it.each([
    ['agent-says', { conversationId: 'none', text: 'Hi' }, 404],
    ['agent-says', { text: 'Hi' }, 400],
    ['agent-transfers', { conversationId: 'none', queueId: 'none', order: 'any' }, 400],
    ['webhook-url', { url: 'mailto:me@example.com' }, 400],
  ])('refuses %s with %j', async (action, body, status) => {
    expect(await act(sim, action, body)).toMatchObject({ status, body: { error: expect.any(String) as string } });
  });

  it('rejects what the state does not allow', async () => {
    const conversationId = await create(sim);
    expect((await act(sim, 'agent-says', { conversationId, text: 'Hi' })).status).toBe(409);
  });
});

describe('the command', () => {
  async function run(argv: readonly string[]) {
    const written = { out: '', err: '' };
    const result = await simulate(argv, { out: (text) => (written.out += text), err: (text) => (written.err += text) });
    return { ...result, ...written };
  }

  it('prints the settings for a gateway', async () => {
    const { simulator, exitCode, out, err } = await run([
      '--api-key',
      'k',
      '--api-secret',
      's',
      '--tenant',
      't',
      '--customer',
      'c',
      '--agents',
      'manual',
    ]);
    expect([exitCode, err]).toEqual([null, '']);
    expect(out).toBe(
      `UPSTREAM=chat-gateway-v1\nUPSTREAM_URL=${simulator?.url}\nUPSTREAM_API_KEY=k\nUPSTREAM_API_SECRET=s\nUPSTREAM_REGION=us\nUPSTREAM_TENANT=t\nUPSTREAM_CUSTOMER=c\n` +
        `CHANNEL_ID=${simulator?.channelId}\nQUEUE_ID=${simulator?.queueIds[0]}\n`,
    );
    await simulator?.close();
  });

  it('has its actions and faults in the documentation', async () => {
    const page = readFileSync('docs/command-line.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (?:`(?:conversationId|url|eventId)`|as `--fault`)/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual([...ACTIONS.keys(), 'send-event'].sort());
    const { out } = await run(['--help']);
    expect(Object.keys(FAULTS).filter((name) => !out.includes(name))).toEqual([]);
  });

  it.each(['chat-gateway-v1', 'chat-api-v2'] as const)('prints what a gateway for its %s starts with', async (generation) => {
    const { simulator, out } = await run(['--generation', generation, '--agents', 'manual']);
    const printed = Object.fromEntries(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split('=')) as [string, string][],
    );
    expect(readConfig(printed).upstream).toMatchObject({ kind: generation, url: simulator?.url, apiKey: printed['UPSTREAM_API_KEY'] });
    await simulator?.close();
  });

  it.each([
    [['--port', 'x'], '--port'],
    [['--port', '70000'], '--port'],
    [['--webhook-url', 'nowhere'], '--webhook-url'],
    [['--agents', 'asleep'], '--agents'],
    [['--generation', 'v3'], '--generation'],
    [['--colour', 'red'], '--colour'],
    [['--tenant', ''], '--tenant'],
    [['stray'], 'stray'],
  ])('rejects %j with one line', async (argv, named) => {
    const { simulator, exitCode, out, err } = await run(argv);
    expect([simulator, exitCode, out]).toEqual([null, 2, '']);
    expect(err).toContain(named);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it('reports that its port is in use', async () => {
    const first = await run([]);
    const port = new URL(first.simulator?.url ?? '').port;
    expect(await run(['--port', port])).toMatchObject({ simulator: null, exitCode: 1 });
    await first.simulator?.close();
  });
});
