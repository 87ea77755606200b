import { requestOverHttp } from '../../../client/src/request.js';
import { poll } from '../../../examples/recipes/polling.js';
import type { PollOptions } from '../../../examples/recipes/polling.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { createConversation } from '../followed-conversation.js';

let gateway: RunningGateway;
/** What a job keeps between its runs. */
let saved: string | null;
const handled: string[] = [];

beforeAll(async () => {
  gateway = await RunningGateway.start();
  saved = null;
});
afterAll(() => gateway.stop());

function run(options: Partial<PollOptions> = {}): Promise<void> {
  return poll({
    request: requestOverHttp({ url: gateway.addresses.graphqlUrl }),
    load: () => Promise.resolve(saved),
    save: (cursor) => {
      saved = cursor;
      return Promise.resolve();
    },
    handle: (events) => {
      handled.push(...events.flatMap((event) => (event.__typename === 'MessageAdded' ? (event.message.text ?? '') : event.__typename)));
      return Promise.resolve();
    },
    types: ['MESSAGE_ADDED'],
    until: Infinity,
    ...options,
  });
}

async function says(id: string, ...texts: string[]): Promise<void> {
  for (const text of texts) gateway.simulator.centre.agentSays(id, text);
  await gateway.simulator.webhookSender.settled();
}

it('handles what happened between the runs, each event once, from its first run on', async () => {
  const { id } = await createConversation(gateway);
  gateway.simulator.centre.agentAccepts(id);
  await says(id, 'before the first run');
  await run();
  expect(handled).toEqual([]);
  await says(id, 'one', 'two');
  await run();
  await run();
  expect(handled).toEqual(['one', 'two']);
  const texts = Array.from({ length: 230 }, (_, index) => `message ${index}`);
  await says(id, ...texts);
  await run({ handle: () => Promise.reject(new Error('the job fails')) }).catch(() => undefined);
  await run({ until: 0 });
  expect(handled).toHaveLength(2);
  await run();
  expect(handled.slice(2)).toEqual(texts);
});

it('goes on with the oldest stored event if it was away for too long', async () => {
  const { id } = await createConversation(gateway);
  gateway.simulator.centre.agentAccepts(id);
  await says(id, 'removed');
  saved = Buffer.from('1 another-log 5 a').toString('base64url');
  handled.length = 0;
  await run();
  expect(handled.at(-1)).toBe('removed');
  expect(handled.length).toBeGreaterThan(230);
});
