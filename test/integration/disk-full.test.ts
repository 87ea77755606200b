import { print } from 'graphql';
import { EventsDocument } from '../operations/operations.generated.js';
import type { EventsQuery } from '../operations/operations.generated.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { HOW_TO_GET_PRLIMIT } from '../support/limit-files.js';
import { describeWith } from '../support/needs.js';
import { untilTrue } from '../support/until.js';
import { create } from '../unit/simulator/rest-client.js';

const LARGE = 'x'.repeat(5_000);
const SOME = 20;

describeWith('prlimit', HOW_TO_GET_PRLIMIT)('a gateway whose disk is full', () => {
  let gateway: KillableGateway;
  beforeAll(async () => {
    gateway = await KillableGateway.start();
  });
  afterAll(() => gateway.stop());

  const readiness = async () => {
    const response = await fetch(new URL('/readyz', gateway.urls.graphqlUrl));
    const { log } = (await response.json()) as { log: { notes: string[] } };
    return { status: response.status, notes: log.notes };
  };
  const createWithAgent = async () => {
    const { centre, webhookSender } = gateway.simulator;
    const conversationId = await create(gateway.simulator);
    await untilTrue(() => centre.conversation(conversationId).interactions.length > 0);
    centre.agentAccepts(conversationId);
    await webhookSender.settled();
    return conversationId;
  };
  /** The texts of the first messages that it has events of. */
  const texts = async (id: string) => {
    const variables = { id, first: 100, types: ['MESSAGE_ADDED'] };
    const response = await fetch(gateway.urls.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: print(EventsDocument), variables }),
    });
    const { data } = (await response.json()) as { data: EventsQuery };
    return data.conversation?.events.edges.flatMap(({ node }) => (node.__typename === 'MessageAdded' ? [node.message.text] : []));
  };

  it('acknowledges nothing that is not stored, is not ready, and accepts retries once there is space', async () => {
    const { centre, webhookSender } = gateway.simulator;
    const id = await createWithAgent();
    await gateway.limitFiles(200_000);
    const said: string[] = [];
    const say = () => {
      said.push(`${said.length} ${LARGE}`);
      centre.agentSays(id, said.at(-1) ?? '');
    };
    const isRefused = () => webhookSender.deliveries().some(({ attempts }) => attempts.some(({ status }) => status === 503));
    while (!isRefused()) {
      say();
      await untilTrue(() => webhookSender.deliveries().every(({ attempts }) => attempts.length > 0));
    }
    expect(await readiness()).toEqual({ status: 503, notes: [expect.stringMatching(/full|disk I\/O/)] });
    const acknowledged = webhookSender.deliveries().filter(({ state }) => state === 'delivered').length;
    // What it has acknowledged it still has, and it can be read.
    const events = said.slice(0, -1);
    expect(await texts(id)).toEqual(events);
    expect(acknowledged).toBeGreaterThan(events.length);
    for (let n = 0; n < SOME; n += 1) say();

    await gateway.limitFiles(null);
    await untilTrue(async () => (await readiness()).status === 200);
    await webhookSender.settled();
    expect(webhookSender.deliveries().filter(({ state }) => state !== 'delivered')).toEqual([]);
    expect((await texts(id))?.toSorted()).toEqual(said.toSorted());
    await gateway.kill();
    await gateway.startAgain();
    expect((await texts(id))?.toSorted()).toEqual(said.toSorted());
  });
});
