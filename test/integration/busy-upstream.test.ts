import type { ServerResponse } from 'node:http';
import { ConversationStateDocument } from '../operations/operations.generated.js';
import { CHAT_GATEWAY_V1 } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { json, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ReceivedRequest, ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';

const IN_FLIGHT = 4;
/** How long a call takes, by the guard's clock. */
const CALL_MS = 24_000;
/** How long one may wait in a burst, and in what has lasted as long as that. Longer than the test: nobody is refused by having waited. */
const QUEUED_MS = 60_000;
const OVERLOAD_WAIT_MS = 12_000;
/** So many that the last of them waits for just that long. */
const MOST_QUEUED = (QUEUED_MS * IN_FLIGHT) / CALL_MS;
const MOST_STANDING = (OVERLOAD_WAIT_MS * IN_FLIGHT) / CALL_MS;

/** A healthy but slow upstream: it answers only when released. */
let upstream: ScriptedUpstream;
let held: (() => void)[];
let gateway: RunningGateway;
let asked: number;
const clock = { now: 0 };
beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script = (request: ReceivedRequest, response: ServerResponse) => {
    const answer = json(200, { id: request.url.split('/').at(-1), channelId: 'c', state: 'idle', user: {} });
    held.push(() => answer(request, response));
  };
  held = [];
  asked = 0;
  const upstreamGuard = { inFlight: IN_FLIGHT, queuedMs: QUEUED_MS, overloadWaitMs: OVERLOAD_WAIT_MS, clock: () => clock.now };
  gateway = await RunningGateway.start({
    config: { upstream: CHAT_GATEWAY_V1.upstream({ url: upstream.baseUrl, apiKey: 'k', tenantId: 't', customerId: 'c' }) },
    overrides: { upstreamGuard, upstreamTimeoutMs: 600_000 },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

/** Each for another conversation. */
const ask = (count: number) =>
  Array.from({ length: count }, () => gateway.ask(ConversationStateDocument, { id: `conversation-${(asked += 1)}` }));
const codesOf = async (answers: ReturnType<typeof ask>) =>
  (await Promise.all(answers)).map(({ errors }) => errors[0]?.extensions ?? 'served');
const levels = async () => {
  const text = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^gateway_upstream_${name} (\\d+)`, 'm').exec(text)?.[1]);
  return { held: held.length, inFlight: value('in_flight'), queued: value('queued') };
};
const untilLevels = (inFlight: number, queued: number) =>
  untilTrue(async () => JSON.stringify(await levels()) === JSON.stringify({ held: inFlight, inFlight, queued }));
/** Lets the calls in flight take their time, and be answered. */
const answerAll = () => {
  clock.now += CALL_MS;
  for (const answer of held.splice(0)) answer();
};
const warnings = () => gateway.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

it('rejects excess load immediately with a retry delay, and serves all others fairly', async () => {
  const served = ask(IN_FLIGHT);
  await untilLevels(IN_FLIGHT, 0);
  answerAll();
  expect(await codesOf(served)).toEqual(Array(IN_FLIGHT).fill('served'));

  const burst = ask(IN_FLIGHT);
  await untilLevels(IN_FLIGHT, 0);
  burst.push(...ask(MOST_QUEUED));
  await untilLevels(IN_FLIGHT, MOST_QUEUED);
  expect(warnings()).toEqual([]);
  // Answered while all others wait.
  expect(await codesOf(ask(5))).toEqual(Array(5).fill({ code: 'UPSTREAM_BUSY', retryAfterSeconds: QUEUED_MS / 1_000 }));
  expect(warnings()).toEqual([expect.stringContaining('upstream overloaded')]);

  // Some have always been waiting: that is no burst any more.
  for (let queued = MOST_QUEUED - IN_FLIGHT; queued > 0; queued -= IN_FLIGHT) {
    answerAll();
    await untilLevels(IN_FLIGHT, queued);
  }
  clock.now += QUEUED_MS;
  expect((await levels()).queued).toBe(MOST_STANDING);
  expect(await codesOf(ask(3))).toMatchObject(Array(3).fill({ code: 'UPSTREAM_BUSY' }));

  answerAll();
  await untilLevels(MOST_STANDING, 0);
  answerAll();
  expect(await codesOf(burst)).toEqual(Array(burst.length).fill('served'));
  const later = ask(1);
  await untilLevels(1, 0);
  answerAll();
  expect(await codesOf(later)).toEqual(['served']);
  expect(warnings()).toEqual([expect.stringContaining('upstream overloaded'), 'upstream no longer overloaded']);
});
