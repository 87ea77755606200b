import { ConversationStateDocument } from '../operations/operations.generated.js';
import { CHAT_GATEWAY_V1 } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { json, startUpstream } from '../unit/datasources/scripted-upstream.js';
import { untilTrue } from '../support/until.js';

/** How many requests are sent in parallel, each for a conversation of its own. */
const BURST = 500;
const IN_FLIGHT = 128;

it('serves all of 500 parallel queries, of which 372 have to wait', async () => {
  const upstream = await startUpstream();
  const held: (() => void)[] = [];
  let isHolding = true;
  upstream.script = (request, response) => {
    const answer = () => {
      json(200, { id: request.url.split('/').at(-1), channelId: 'c', state: 'idle', user: {} })(request, response);
    };
    if (isHolding) held.push(answer);
    else answer();
  };
  const gateway = await RunningGateway.start({
    config: {
      upstream: CHAT_GATEWAY_V1.upstream({ url: upstream.baseUrl, apiKey: 'k', tenantId: 't', customerId: 'c' }),
      // Answers are held until all have asked, however long that takes on this machine.
      upstreamCalls: { timeoutMs: 600_000, inFlight: IN_FLIGHT },
      requestTimeoutMs: 600_000,
    },
    // It is not to be taken for silent while the answers are held.
    overrides: { upstreamGuard: { clock: () => 0 } },
  });
  const waiting = async () => {
    const text = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
    return Number(/^gateway_upstream_queued (\d+)/m.exec(text)?.[1]);
  };
  try {
    const answers = Promise.all(
      Array.from({ length: BURST }, (_, n) => gateway.ask(ConversationStateDocument, { id: `conversation-${n}` })),
    );
    await untilTrue(async () => (await waiting()) === BURST - IN_FLIGHT);
    expect(held).toHaveLength(IN_FLIGHT);
    isHolding = false;
    for (const answer of held) answer();
    expect((await answers).map(({ data, errors }) => ({ state: data?.conversation?.state, errors }))).toEqual(
      Array(BURST).fill({ state: 'IDLE', errors: [] }),
    );
    expect(await waiting()).toBe(0);
  } finally {
    await gateway.stop();
    await upstream.close();
  }
});
