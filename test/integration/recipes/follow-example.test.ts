import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RunningGateway } from '../../support/running-gateway.js';
import { signed, WITH_SECRET } from '../../support/tokens.js';
import { untilTrue } from '../../support/until.js';
import { CREATED, createConversation, FollowedConversation } from '../followed-conversation.js';

const example = fileURLToPath(new URL('../../../examples/follow.js', import.meta.url));

/** Runs the example until it exits, or has printed `until`. */
async function followed(args: readonly string[], env: Readonly<Record<string, string>>, until: string | null = null) {
  const child = spawn(process.execPath, [example, ...args], { env: { PATH: process.env['PATH'], ...env } });
  let [stdout, stderr] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (until !== null && stdout.includes(until)) child.kill();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

describe('examples/follow.js', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.stop());

  it('follows a conversation of the gateway that a variable names', async () => {
    const { id, origin } = await createConversation(gateway);
    const { stdout } = await followed([id, origin], { GATEWAY: gateway.addresses.wsUrl }, 'InteractionQueued');
    expect(stdout).toMatch(/^ConversationUpdated .*\n +cursor \S+\n/);
  });

  it('without a cursor, misses nothing in an outage before the first event', async () => {
    const own = await RunningGateway.start();
    const { url, wsUrl } = own.addresses;
    const conversation = await FollowedConversation.create(own);
    await conversation.expectNext(...CREATED);
    await conversation.stop();
    const seen = followed([conversation.id], { GATEWAY: wsUrl }, 'AgentJoined');
    await untilTrue(async () => /^gateway_subscriptions\S* 2$/m.test(await (await fetch(`${url}/metrics`)).text()));
    await own.gateway.close();
    await own.restart();
    own.simulator.centre.agentAccepts(conversation.id);
    await untilTrue(async () => (await conversation.queriedEvents()).some(({ type }) => type === 'AGENT_JOINED'));
    await own.gateway.close();
    await own.restart(Number(new URL(url).port));
    expect((await seen).stdout).toContain('AgentJoined');
    await own.stop();
  });

  it.each([
    ['there is no such conversation', ['nothing-of-this-id'], /^NOT_FOUND: .+\n$/],
    ['the cursor is none', ['nothing-of-this-id', 'not-a-cursor'], /^(NOT_FOUND|BAD_USER_INPUT): .+\n$/],
  ])('prints the reason once and exits with 1 if %s', async (_what, args, reason) => {
    expect(await followed(args, { GATEWAY: gateway.addresses.wsUrl })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(reason) as unknown,
    });
  });
});

it('examples/follow.js says why and exits with 1 where its token is invalid, and follows with one that is', async () => {
  const gateway = await RunningGateway.start({ config: { auth: WITH_SECRET } });
  const env = { GATEWAY: gateway.addresses.wsUrl };
  expect(await followed(['any'], { ...env, TOKEN: 'no-token' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^4403: .+\n$/) as unknown,
  });
  const token = await signed({ sub: 'bot', scope: 'chat:service' });
  expect(await followed(['nothing-of-this-id'], { ...env, TOKEN: token })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND') as unknown,
  });
  await gateway.stop();
});
