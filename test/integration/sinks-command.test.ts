import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sinks as sinksCommand } from '../../src/cli/sinks.js';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { openSqliteLog } from '../../src/events/sqlite/open.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { toGlobalId } from '../../src/schema/global-id.js';
import type { SinkStatus } from '../../src/sinks/administration.js';
import { parseSinks } from '../../src/sinks/settings.js';
import { RunningGateway } from '../support/running-gateway.js';
import { newSecret } from '../support/sink-receiver.js';
import { untilTrue } from '../support/until.js';

const letter = { eventId: 'e1', conversationId: 'c1', type: 'MESSAGE_ADDED', failedAt: new Date(), attempts: 9, reason: 'HTTP 500' };

describe('the command sinks', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sinks-command-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const run = async (...argv: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const output = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
    const code = await sinksCommand(argv, { EVENT_LOG: `file:${directory}` }, output);
    return { code, out: out.join(''), err: err.join('') };
  };
  const prepare = async () => {
    const log = await openSqliteLog({ directory, clock: Date.now });
    await log.sinks.lease({ sink: 'crm', owner: 'a', shards: 8, ttlMs: 1, start: log.origin('all') });
    await log.sinks.addDeadLetter('crm', letter);
    await log.sinks.report('crm', { acceptedAt: new Date(1), lastFailure: { at: new Date(2), reason: 'HTTP 500' } });
    await log.sinks.disable('crm', { at: new Date(0), reason: 'the receiver answered 410 Gone' });
    await log.close();
  };

  it('shows the state of a log that no gateway has open, and enables a sink in it', async () => {
    await prepare();
    const { out } = await run('status');
    expect(out).toMatch(/^crm: disabled since 1970-01-01T00:00:00.000Z: the receiver answered 410 Gone\n {2}waiting +nothing\n/);
    expect(out).toMatch(/^ {2}last failure +1970-01-01T00:00:00.002Z \(\d+ h ago\): HTTP 500$/m);
    expect(out).toMatch(/^ {4}\S+ {2}e1 {2}MESSAGE_ADDED {2}conversation c1 {2}9 attempts, the last: HTTP 500$/m);
    expect(await run('retry', '--sink', 'crm')).toMatchObject({ code: 0, out: 'crm: enabled; 1 dead letter will be sent again\n' });
    expect(JSON.parse((await run('status', '--json')).out)).toMatchObject([
      {
        ...{ sink: 'crm', disabled: null, deadLetterCount: 1 },
        acceptedAt: '1970-01-01T00:00:00.001Z',
        lastFailure: { at: '1970-01-01T00:00:00.002Z', reason: 'HTTP 500' },
      },
    ]);
  });

  it('asks the gateway that has the log open', async () => {
    await prepare();
    const faults: string[] = [];
    const list = [{ name: 'crm', url: 'https://receiver.example', secret: newSecret() }];
    const sinks = parseSinks(JSON.stringify(list), (fault) => faults.push(fault));
    const gateway = await RunningGateway.start({ config: { eventLog: { directory }, sinks } });
    await untilTrue(async () => (await run('status')).out.includes('8 of 8 are delivered by running gateways'));
    expect((await run('retry', '--id', 'e1')).out).toBe('crm: 1 dead letter will be sent again\n');
    await gateway.stop();
  });

  it('names the channels that the contact centre does not have, as the log and /readyz do', async () => {
    const faults: string[] = [];
    const sink = { url: 'https://receiver.example', secret: newSecret() };
    const simulator = createSimulator({ agents: 'manual' });
    await simulator.listen();
    const list = [
      { ...sink, name: 'crm', channelIds: [simulator.channelId, toGlobalId('Channel', 'typo')] },
      { ...sink, name: 'push', channelIds: [simulator.channelId] },
    ];
    const sinks = parseSinks(JSON.stringify(list), (fault) => faults.push(fault));
    const upstream = simulatedUpstream(simulator, 'chat-gateway-v1');
    const gateway = await RunningGateway.start({
      config: { upstream, eventLog: { directory }, sinks },
      overrides: { sinkTimes: { lookForChannelsMs: 20 } },
    });
    const status = async () => (await run('status')).out.split(/^(?=push)/m);
    await untilTrue(async () => (await status())[0]?.includes('channels       the contact centre has none with the id typo\n') === true);
    const [crm, push] = await status();
    expect(crm).toMatch(/^crm: .*, but with channels that do not exist\n/);
    expect(push).not.toContain('channels ');
    expect(gateway.log.lines.filter(({ message }) => message.startsWith('sink names a channel'))).toEqual([
      { level: 'warn', fields: { sink: 'crm', channelId: 'typo' }, message: 'sink names a channel that the contact centre does not have' },
    ]);
    const readyz = async () => (await (await fetch(new URL('/readyz', gateway.addresses.url))).json()) as { sinks: { notes: string[] } };
    expect((await readyz()).sinks.notes).toContain('sink crm names a channel that the contact centre does not have: typo');
    const [channel] = simulator.centre.directory.channels.values();
    if (channel !== undefined) simulator.centre.directory.addChannel({ ...channel, id: 'typo' });
    await untilTrue(async () => (JSON.parse((await run('status', '--json')).out) as SinkStatus[])[0]?.unknownChannels.length === 0);
    expect((await readyz()).sinks.notes).toEqual([]);
    await gateway.stop();
    await simulator.close();
  });

  it('says what is wrong', async () => {
    expect(await run('status')).toMatchObject({ code: 1, err: expect.stringContaining(`there is no event log at ${directory}`) as string });
    expect(readdirSync(directory)).toEqual([]);
    await prepare();
    expect(await run('retry', '--id', 'e2')).toMatchObject({ code: 1, err: 'sinks: there is no dead letter of this event.\n' });
    expect(await run('status', '--sink', 'other')).toMatchObject({ code: 1, err: 'sinks: no sink is named "other".\n' });
    expect(await run('stop')).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected "status" or "retry", got "stop"') as string,
    });
    expect((await run('--help')).out).toContain('usage: chat-graphql-gateway sinks status');
    const log = await openSqliteLog({ directory, clock: Date.now });
    expect(await run('status')).toMatchObject({ code: 1, err: expect.stringContaining('one without sinks (SINKS_FILE)') as string });
    await log.close();
  });

  it('has a gateway with wrong sinks not start, with a line for each error', () => {
    const start = (list: readonly object[]) => {
      const file = join(directory, 'sinks.json');
      writeFileSync(file, JSON.stringify(list));
      const env = { PATH: process.env['PATH'], PORT: '0', EVENT_LOG: `file:${directory}/log`, SINKS_FILE: file };
      const { status, stderr } = spawnSync(process.execPath, ['dist/main.js'], { env, encoding: 'utf8', timeout: 60_000 });
      return { status, stderr };
    };
    const wrong = start([{ name: 'a b', url: 'ftp://x', secret: 'none', color: 1 }]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^Setting SINKS_FILE: sink 1: color: is an unknown field/),
      expect.stringMatching(/^Setting SINKS_FILE: sink 1: name: must be/),
      expect.stringMatching(/^Setting SINKS_FILE: sink 1: url: must be an https URL/),
      expect.stringMatching(/^Setting SINKS_FILE: sink 1: secret: must be "whsec_"/),
    ]);
    const wrongIds = start([{ name: 'a', url: 'https://x.example', secret: newSecret(), channelIds: [toGlobalId('Webhook', 'w')] }]);
    expect(wrongIds.status).toBe(1);
    expect(wrongIds.stderr).toMatch(/^Setting SINKS_FILE: sink "a": channelIds: must be a list of ids of channels; .*\n$/);
    // Against the schema: later, with the log open.
    const document = start([{ name: 'a', url: 'https://x.example', secret: newSecret(), document: '{ viewer { role } }' }]);
    expect(document.status).toBe(1);
    expect(document.stderr).toMatch(/^Setting SINKS_FILE: sink "a": document: must be "subscription .*\n$/);
  });
});
