import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, validate } from 'graphql';
import { SAMPLES } from '../../src/cli/events/sample-events.js';
import { STORED_EVENTS } from '../../src/cli/events/replay.js';
import { END_OF_ALL, END_OF_ONE, TAIL_ALL, TAIL_ONE } from '../../src/cli/events/tail.js';
import { shardOf } from '../../src/domain/shard.js';
import { buildSchema } from '../../src/resolvers/build-schema.js';
import type { SigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { run, startCommand } from '../support/command.js';
import { describeWith } from '../support/needs.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
const signingKey: SigningKey = {
  kid: 'a-key',
  publicJwk: Promise.resolve({ kty: 'RSA', n, e, kid: 'a-key', alg: 'RS256', use: 'sig' }),
  sign: (input) => Promise.resolve(sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')),
};

let gateway: RunningGateway;
let conversation: FollowedConversation;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'events-test-'));
  gateway = await RunningGateway.start({ simulator: { signingKey } });
  conversation = await FollowedConversation.create(gateway);
  await conversation.expectNext(...CREATED);
});
afterAll(async () => {
  await gateway.stop();
  rmSync(directory, { recursive: true });
});

const events = (...args: string[]) => run(['events', ...args]);
const here = (): string[] => ['--url', gateway.addresses.url];
const one = (): string[] => [...here(), '--conversation', conversation.id];
const simulator = (): string[] => ['--url', gateway.simulator.url];
const parsed = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('requests only what the schema has', () => {
  for (const document of [END_OF_ALL, END_OF_ONE, TAIL_ALL, TAIL_ONE, STORED_EVENTS])
    expect(validate(buildSchema(), parse(document))).toEqual([]);
});

describe('events send', () => {
  it.each(Object.keys(SAMPLES))('sends %s, which the gateway accepts and recognizes', async (type) => {
    const { code, stdout, stderr } = await events('send', type, '--conversation', conversation.id, '--json', ...simulator());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [sent] = parsed(stdout);
    expect(sent).toEqual({
      eventId: expect.any(String),
      eventType: SAMPLES[type]?.eventType,
      conversationId: conversation.id,
      status: 204,
      duplicate: false,
    });
    const [event] = await conversation.next(1);
    expect(event?.type).not.toBe('UNRECOGNIZED');
  });

  it('sends custom fields under an id that is accepted once', async () => {
    const args = ['message', '--conversation', conversation.id, '--event-id', 'twice', '--data', '{"text":"Hi there"}', ...simulator()];
    const line = `message (MESSAGE) twice in conversation ${conversation.id}: HTTP 204`;
    expect(await events('send', ...args)).toEqual({ code: 0, stdout: `${line}\n`, stderr: '' });
    expect(await conversation.next(1)).toMatchObject([{ id: 'twice', message: { text: 'Hi there' } }]);
    expect(await events('send', ...args)).toEqual({ code: 0, stdout: `${line}, a duplicate\n`, stderr: '' });
    expect((await conversation.queriedEvents()).filter(({ id }) => id === 'twice')).toHaveLength(1);
  });

  it('sends an unknown event to a gateway with its simulator', async () => {
    const own = await RunningGateway.start({ config: { upstream: { kind: 'simulator' } } });
    const after = await origin(own);
    const { code } = await events('send', 'SOMETHING_NEW', '--conversation', 'c-1', '--url', own.addresses.url);
    expect(code).toBe(0);
    const { stdout } = await events('tail', '--url', own.addresses.url, '--limit', '1', '--json', '--after', after);
    expect(parsed(stdout)).toMatchObject([{ type: 'UNRECOGNIZED', eventType: 'SOMETHING_NEW', conversationId: 'c-1' }]);
    await own.stop();
  });

  it('follows one shard of the conversations', async () => {
    const index = shardOf(conversation.id, 3);
    const after = await origin(gateway);
    const other = Array.from({ length: 20 }, (_, number) => `c-${number}`).find((id) => shardOf(id, 3) !== index) ?? '';
    for (const id of [other, conversation.id]) await events('send', 'SOMETHING_NEW', '--conversation', id, ...simulator());
    const { stdout } = await events('tail', ...here(), '--shard', `${index}/3`, '--limit', '1', '--json', '--after', after);
    expect(parsed(stdout)).toMatchObject([{ conversationId: conversation.id }]);
  });

  it('signs with its own key, for any gateway that can fetch the public key', async () => {
    const key = join(directory, 'key.pem');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { tenantId, customerId } = gateway.simulator;
    const given = [
      '--webhook-url',
      gateway.addresses.webhookUrl,
      '--key',
      key,
      '--kid',
      'a-key',
      '--tenant',
      tenantId,
      '--customer',
      customerId,
    ];
    expect(await events('send', 'queued', ...given)).toMatchObject({ code: 0, stderr: '' });
    const sendTwice = () => events('send', 'queued', '--event-id', 'signed-twice', '--conversation', 'c-1', ...given);
    expect((await sendTwice()).stdout).toMatch(/: HTTP 204\n$/);
    expect((await sendTwice()).stdout).toMatch(/: HTTP 204, a duplicate\n$/);
    expect(await events('send', 'queued', ...given.slice(0, -1), 'another')).toMatchObject({
      code: 1,
      stderr: 'events send: The gateway did not accept it (HTTP 401).\n',
    });
  });

  it('does not follow a channel that is not there', async () => {
    expect(await events('tail', ...here(), '--channel', 'typo')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'events tail: NOT_FOUND: `channelId`: there is no such channel.\n',
    });
  });

  it.each([
    [['send'], 2, /missing TYPE/],
    [['send', 'nonsense'], 2, /unknown type "nonsense"/],
    [['send', 'queued', '--data', '[]'], 2, /--data must be a JSON object/],
    [['send', 'queued', '--url', 'nowhere'], 2, /--url must be an http/],
    [['send', 'queued', '--key', 'k'], 2, /also set: --webhook-url, --kid/],
    [['send', 'queued', '--url', 'http://127.0.0.1:9'], 1, /Cannot connect/],
    [['tail', '--limit', '0'], 2, /--limit must be/],
    [['tail', '--conversation', 'c', '--channel', 'd'], 2, /cannot be combined/],
    [['tail', '--conversation', 'c', '--shard', '0/2'], 2, /cannot be combined/],
    [['tail', '--shard', '2/2'], 2, /--shard must be I\/N with I below N, such as 0\/4; got "2\/2"/],
    [['tail', '--shard', 'one'], 2, /--shard must be/],
    [['tail', '--nonsense'], 2, /nonsense/],
    [['tail', '--type', 'NOPE'], 2, /unknown type "NOPE"; --type must be one of: INTERACTION_QUEUED, .*UNRECOGNIZED/],
    [['tail', '--url', 'http://127.0.0.1:9'], 1, /is unreachable/],
    [['replay'], 2, /exactly one of --conversation and --file/],
    [['replay', '--file', '/nowhere'], 1, /cannot be read/],
    [['replay', '--conversation', 'c', '--url', 'http://127.0.0.1:9'], 1, /is unreachable/],
    [['nothing'], 2, /unknown command "nothing"/],
    [[], 2, /missing subcommand: tail, send or replay/],
  ])('rejects %j with one line', async (args, code, line) => {
    const outcome = await events(...args);
    expect(outcome).toEqual({ code, stdout: '', stderr: expect.stringMatching(/^events[^\n]*\n$/) });
    expect(outcome.stderr).toMatch(line);
  });

  it.each([[], ['tail'], ['send'], ['replay']])('prints help for events %s', async (...command) => {
    const { code, stdout, stderr } = await events(...command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: chat-graphql-gateway events/);
  });
});

describe('events tail', () => {
  it('prints stored events without colours if stdout is not a terminal, and the cursor to continue after', async () => {
    const { code, stdout, stderr } = await events('tail', ...one(), '--after', conversation.origin, '--limit', '3');
    const [, , queued] = conversation.events;
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[2])).toEqual(CREATED);
    expect(lines[2]).toContain(`${queued?.occurredAt} (replayed)  ${conversation.id}  INTERACTION_QUEUED  queue={"queueId":`);
    expect(stdout).not.toMatch(/[^\n -\u{10ffff}]/u);
    expect(stderr).toBe(`To resume from here: --after ${queued?.cursor}\n`);
  });

  it('prints only the requested types', async () => {
    const { stdout } = await events(
      'tail',
      ...one(),
      '--after',
      conversation.origin,
      '--limit',
      '1',
      '--json',
      '--type',
      'INTERACTION_QUEUED',
    );
    expect(parsed(stdout)).toMatchObject([{ type: 'INTERACTION_QUEUED', replayed: true }]);
  });

  it('prints why the gateway rejects it', async () => {
    const outcome = await events('tail', ...one(), '--after', 'nonsense');
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(/^events tail: BAD_USER_INPUT: .*cursor.*\n$/) as unknown });
  });

  it('distinguishes a missing token, a bad one, a server that is not a gateway, and an unreachable one', async () => {
    const secured = await RunningGateway.start({ config: { auth: WITH_SECRET } });
    const other = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const failures: [args: string[], words: RegExp][] = [
      [['--url', secured.addresses.url], /UNAUTHENTICATED: .* Pass one with --token or GATEWAY_TOKEN\.$/],
      [['--url', secured.addresses.url, '--token', 'a.b.c'], /rejected the token: Invalid token\.$/],
      [['--url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`], /There is no gateway at .* \(HTTP 404\)\.$/],
      [['--url', 'http://127.0.0.1:9'], /is unreachable\.$/],
    ];
    for (const [args, words] of failures) {
      const { code, stderr } = await events('tail', ...args);
      expect({ code, line: stderr.trimEnd() }).toEqual({ code: 1, line: expect.stringMatching(words) as unknown });
    }
    other.close();
    await secured.stop();
  });

  it('resumes after the last event when the gateway restarts, until it is interrupted', async () => {
    const followed = await RunningGateway.start();
    const conversation = await FollowedConversation.create(followed);
    await conversation.expectNext(...CREATED);
    const port = Number(new URL(followed.addresses.url).port);
    const tailing = startCommand([
      'events',
      'tail',
      '--url',
      followed.addresses.url,
      '--conversation',
      conversation.id,
      '--after',
      conversation.origin,
      '--json',
    ]);
    const next = async () => (JSON.parse(await tailing.line()) as { id: string }).id;
    const heard = [await next(), await next(), await next()];
    await conversation.stop();
    await followed.gateway.close();
    followed.simulator.centre.agentAccepts(conversation.id);
    await followed.restart(port);
    heard.push(await next());
    expect(heard).toEqual((await conversation.queriedEvents()).map(({ id }) => id));
    await untilTrue(() => tailing.stderr().includes('Connected again'));
    // However many attempts it took.
    const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/.source;
    const lines = new RegExp(`^${time} Connection lost \\(.+\\); reconnecting\\.\n${time} Connected again after \\d+ s\\.\n$`);
    expect(tailing.stderr()).toMatch(lines);
    expect(await tailing.interrupt()).toMatchObject({ code: 0 });
    await followed.stop();
  });

  it.each(['one conversation', 'all conversations'])('of %s misses nothing in an outage before its first event', async (scope) => {
    const followed = await RunningGateway.start();
    const conversation = await FollowedConversation.create(followed);
    await conversation.expectNext(...CREATED);
    await conversation.stop();
    const { url } = followed.addresses;
    const scoped = scope === 'one conversation' ? ['--conversation', conversation.id] : [];
    const tailing = startCommand(['events', 'tail', '--url', url, '--json', ...scoped]);
    await untilTrue(async () => /^gateway_subscriptions\S* 2$/m.test(await (await fetch(`${url}/metrics`)).text()));
    await followed.gateway.close();
    // Where nobody follows.
    await followed.restart();
    followed.simulator.centre.agentAccepts(conversation.id);
    await untilTrue(async () => (await conversation.queriedEvents()).length > CREATED.length);
    const missed = (await conversation.queriedEvents()).at(CREATED.length)?.id;
    await followed.gateway.close();
    await followed.restart(Number(new URL(url).port));
    expect(JSON.parse(await tailing.line())).toMatchObject({ id: missed, replayed: true });
    await tailing.interrupt();
    await followed.stop();
  });

  it('says that there is no such conversation', async () => {
    const outcome = await events('tail', ...here(), '--conversation', 'nothing-of-this-id');
    expect(outcome).toMatchObject({ code: 1, stderr: 'events tail: NOT_FOUND: There is no such conversation.\n' });
  });
});

describe('events replay', () => {
  it('prints all stored events of a conversation, or those after a cursor, and ends', async () => {
    const all = (await conversation.queriedEvents()).map(({ id }) => id);
    const whole = await events('replay', ...one(), '--json');
    expect(parsed(whole.stdout).map(({ id }) => id)).toEqual(all);
    const rest = await events('replay', ...one(), '--json', '--after', conversation.events[0]?.cursor ?? '');
    expect(parsed(rest.stdout).map(({ id }) => id)).toEqual(all.slice(1));
  });

  it('sends the events of a file, each once however often it is sent', async () => {
    const file = join(directory, 'events.jsonl');
    const body = { eventType: 'QUEUED', conversationId: conversation.id, timestamp: Date.now(), data: { queueId: 'q', queueName: 'Q' } };
    writeFileSync(file, `${JSON.stringify({ eventId: 'from-a-file', body })}\n\n${JSON.stringify(body)}\n`);
    for (const times of [1, 2]) {
      const { code, stdout } = await events('replay', '--file', file, '--json', ...simulator());
      expect([code, parsed(stdout).map(({ status }) => status)]).toEqual([0, [204, 204]]);
      const stored = (await conversation.queriedEvents()).filter(({ id }) => id === 'from-a-file');
      expect([times, stored.length]).toEqual([times, 1]);
    }
  });

  it('names the line that is not an event', async () => {
    const file = join(directory, 'bad.jsonl');
    writeFileSync(file, '{"nothing":1}\n');
    const outcome = await events('replay', '--file', file, ...simulator());
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(/^events replay: Line 1 holds no event.*\n$/) as unknown });
  });
});

describeWith('script', 'apt-get install bsdutils')('on a terminal', () => {
  const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  /** What a terminal is sent. */
  async function seen(environment: Readonly<Record<string, string>>): Promise<string> {
    const command = [process.execPath, MAIN, 'events', 'tail', ...one(), '--after', conversation.origin, '--limit', '3'].join(' ');
    const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', ...environment };
    return (await promisify(execFile)('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env })).stdout;
  }

  it('prints events in colours by type (events tail)', async () => {
    const [first = '', , queued = ''] = (await seen({})).split('\r\n');
    expect(first).toContain(`\u001b[36m${conversation.id}\u001b[39m  \u001b[34mCONVERSATION_UPDATED\u001b[39m`);
    expect(queued).toContain('\u001b[35mINTERACTION_QUEUED\u001b[39m  \u001b[2mqueue=\u001b[22m{"queueId":');
  });

  it.each([{ NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { TERM: 'dumb' }])('but not with %j', async (environment) => {
    expect(await seen(environment as Record<string, string>)).not.toContain('\u001b[3');
  });
});

it('prints colours if they are forced (events replay)', async () => {
  const { stdout } = await run(['events', 'replay', ...one()], { FORCE_COLOR: '1' });
  expect(stdout).toContain('\u001b[35mINTERACTION_QUEUED\u001b[39m');
});

it('prints the settings of simulate as JSON, too', async () => {
  const simulating = startCommand(['simulate', '--json']);
  expect(JSON.parse(await simulating.line())).toMatchObject({ UPSTREAM_URL: expect.any(String), CHANNEL_ID: expect.any(String) });
  await simulating.interrupt();
});

it.each(['serve', 'simulate', 'setup', 'doctor'])('prints help for %s', async (command) => {
  const { code, stdout } = await run([command, '--help']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^usage: [\s\S]*--json[\s\S]*exit codes: /)]);
});

it('does not start serve with wrong arguments', async () => {
  const outcome = { code: 2, stdout: '', stderr: expect.stringMatching(/^serve: Unknown option '--port' \(.*--help\)\n$/) as unknown };
  expect(await run(['serve', '--port', '4000'])).toEqual(outcome);
});

/** A cursor before everything that a gateway has stored. */
async function origin(of: RunningGateway): Promise<string> {
  const { data } = await of.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' });
  return data?.gateway.latestCursor ?? '';
}
