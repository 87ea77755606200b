import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { heal } from '../../src/cli/heal.js';
import { AllConversationEventsDocument, ConversationEventsDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { Work } from './healing/work.js';

const AFTER_MS = 100;
const LONG = { beatMs: 600_000, quietMs: 600_000, silenceMs: 600_000 };

const start = (callsPerSecond: number, healTimings: object) =>
  RunningGateway.start({
    config: { healing: { afterMs: AFTER_MS, callsPerSecond } },
    overrides: { healTimings: { tickMs: 20, retryMs: 50, ...LONG, ...healTimings } },
  });

async function run(gateway: RunningGateway, ...argv: string[]) {
  let [out, err] = ['', ''];
  const output = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await heal([...argv, '--url', gateway.addresses.url], {}, output);
  return { code, out, err };
}

/** Conversations with six messages each that no webhook reports, long enough ago. */
async function loseMessages(gateway: RunningGateway, count: number): Promise<Work> {
  const work = await Work.begin(gateway, count);
  gateway.simulator.faults.set({ 'event-dropped': 1 });
  await work.goOn('lost');
  gateway.simulator.faults.set({});
  await pause(AFTER_MS);
  return work;
}

describe('the command heal', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await start(20, {});
  });
  afterAll(() => gateway.stop());

  it('says what it would append, appends it, and finds nothing more then, within the budget', async () => {
    const work = await loseMessages(gateway, 3);
    const { simulator } = gateway;
    const events = gateway.subscribe(AllConversationEventsDocument, {});
    simulator.calls.length = 0;
    const began = performance.now();

    const dry = await run(gateway, '--since', '1h', '--dry-run');
    expect(dry.out.trim().split('\n').sort()).toEqual(work.conversationIds.map((id) => `${id}  6 MESSAGE_ADDED`).sort());
    expect(dry).toMatchObject({ code: 0, err: '3 conversations looked at; would be appended: 18 MESSAGE_ADDED.\n' });

    const healed = await run(gateway, '--since', '1h', '--json');
    expect(healed).toMatchObject({ code: 0, err: '3 conversations looked at; appended: 18 MESSAGE_ADDED.\n' });
    expect(JSON.parse(healed.out.split('\n')[0] ?? '')).toMatchObject({ healed: { MESSAGE_ADDED: 6 }, pending: false, dryRun: false });
    const results = await events.take(18);
    expect(new Set(results.map(({ data }) => data?.allConversationEvents.__typename))).toEqual(new Set(['MessageAdded']));

    expect((await run(gateway, '--since', '1h')).err).toBe('3 conversations looked at; appended: nothing.\n');
    const seconds = (performance.now() - began) / 1_000;
    // Three to a conversation and three for the lists, each time.
    expect(simulator.calls).toHaveLength(36);
    expect(simulator.calls.length).toBeLessThanOrEqual(20 * seconds + 1);
    await events.stop();
  }, 30_000);

  it('ends quietly when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, ['dist/cli.js', 'heal', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ stderr, code: code as number }).toEqual({ stderr: '', code: 1 });
  });

  it('rejects wrong arguments, and reports what the gateway rejects', async () => {
    expect(await run(gateway)).toMatchObject({ code: 2, err: expect.stringContaining('--since must be a duration') as string });
    expect(await run(gateway, '--since', '30d')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--since must be 7d at most') as string,
    });
    const status = async (headers: Record<string, string>, body: string) =>
      (await fetch(`${gateway.addresses.url}/admin/heal`, { method: 'POST', headers, body })).status;
    // As a page of another origin could send it without being asked first.
    expect(await status({ 'content-type': 'text/plain' }, '{"sinceSeconds":60}')).toBe(400);
    const json = { 'content-type': 'application/json' };
    for (const seconds of ['"60"', 0.5, 604_801]) expect(await status(json, `{"sinceSeconds":${seconds}}`)).toBe(400);
    const secret = 's'.repeat(32);
    const strict = await RunningGateway.start({
      config: {
        auth: { mode: 'jwt', secret, secondarySecret: null, jwksUrl: null, issuer: null, audience: null } as never,
      },
    });
    expect((await run(strict, '--since', '1h')).err).toMatch(/A token is needed.*admin.*--token/);
    const rejected = await run(strict, '--since', '1h', '--token', await signed({ sub: 'bot', scope: 'chat:service' }, { secret }));
    expect(rejected).toMatchObject({ code: 1, err: expect.stringMatching(/Only admins may do this\..*token --role admin/) as string });
    expect(await run(strict, '--since', '1h', '--token', await signed({ sub: 'ops', scope: 'chat:admin' }, { secret }))).toMatchObject({
      code: 0,
    });
    await strict.stop();
  });
});

describe('webhooks that fall silent', () => {
  it('are reported in /readyz, by metrics and in the log, and made up for', async () => {
    const gateway = await start(100, { silenceMs: 500 });
    await loseMessages(gateway, 2);
    const readyz = async () =>
      (await (await fetch(`${gateway.addresses.url}/readyz`)).json()) as {
        ready: boolean;
        webhooks: { silence: { openConversations: number } | null; notes: string[] };
      };
    await untilTrue(async () => (await readyz()).webhooks.silence !== null);
    expect(await readyz()).toMatchObject({
      ready: true,
      webhooks: { silence: { openConversations: 2 }, notes: ['no webhook for 0 min, 2 conversations open: is the address registered?'] },
    });
    const warned = () => gateway.log.lines.filter(({ level, message }) => level === 'warn' && message.startsWith('no webhook for'));
    const healed = () => gateway.log.lines.filter(({ message }) => message === 'event healed: no webhook had reported it').length;
    await untilTrue(() => healed() === 12);
    expect(warned()).toHaveLength(1);
    const metrics = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
    expect(Number(/^gateway_webhook_silence_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0.5);
    expect(metrics).toMatch(/^gateway_healed_events_total\{type="MESSAGE_ADDED"\} 12$/m);
    expect(metrics).toMatch(/^gateway_healing_calls_total [1-9]/m);
    await gateway.stop();
  }, 30_000);
});

describe('a quiet contact centre', () => {
  it('costs no call: nothing is open, whatever is followed, and after a restart', async () => {
    const gateway = await start(100, { quietMs: 50, silenceMs: 100, maxSilenceMs: 100 });
    const work = await Work.begin(gateway, 3);
    for (const id of work.conversationIds) gateway.simulator.centre.agentLeaves(id);
    const events = gateway.subscribe(AllConversationEventsDocument, { after: null });
    await gateway.simulator.webhookSender.settled();
    const followed = work.conversationIds.map((id) => gateway.subscribe(ConversationEventsDocument, { id }));
    await untilTrue(() => gateway.log.lines.some(({ fields }) => fields['operation'] === 'interactions.list'));
    await pause(500);
    gateway.simulator.calls.length = 0;
    await pause(1_000);
    expect(gateway.simulator.calls).toEqual([]);
    await Promise.all([events, ...followed].map((one) => one.stop()));
    await gateway.stop();
  }, 30_000);
});
