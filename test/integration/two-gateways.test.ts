import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { AgentActivityDocument, ConversationDocument } from '../operations/operations.generated.js';
import { ConversationEventsDocument, CreateConversationDocument, SendMessageDocument } from '../operations/operations.generated.js';
import type { ConversationEventsSubscription } from '../operations/operations.generated.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import type { Results } from '../support/running-gateway.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('two gateways over one Redis and one contact centre', () => {
  let redis: RedisServer;
  let one: RunningGateway;
  let other: RunningGateway;

  beforeAll(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    const eventLog = { redis: redis.asLog };
    one = await RunningGateway.start({ transport: 'WebSocket', config: { eventLog }, overrides: { typingTtlMs: 200 } });
    // The contact centre of the first: its webhooks go to whichever gateway a test names.
    const upstream = simulatedUpstream(one.simulator, one.generation.name);
    other = await RunningGateway.start({ transport: 'multipart', config: { eventLog, upstream } });
  });
  afterAll(async () => {
    await other.stop();
    await one.stop();
    await redis.dispose();
  });

  const inputOf = (idempotencyKey: string) => ({ channelId: one.simulator.channelId, customer: { name: 'Mia' }, idempotencyKey });
  const create = async (gateway: RunningGateway, idempotencyKey: string) =>
    (await gateway.get(CreateConversationDocument, { input: inputOf(idempotencyKey) })).createConversation;
  const posts = () => one.simulator.calls.filter(({ method }) => method === 'POST').length;

  it('a subscriber at either, over either transport, gets each event once, in order, whichever the webhooks reach', async () => {
    const { conversation, cursor } = await create(one, 'k0');
    const id = conversation?.id ?? '';
    const at = [one, other].map((gateway) => gateway.subscribe(ConversationEventsDocument, { id, after: cursor }));
    const texts = Array.from({ length: 6 }, (_, n) => `message ${n}`);
    for (const [n, text] of texts.entries()) {
      one.simulator.setWebhookUrl((n % 2 === 0 ? one : other).addresses.webhookUrl);
      const { sendMessage } = await (n % 3 === 0 ? one : other).get(SendMessageDocument, { input: { conversationId: id, text } });
      expect(sendMessage.userErrors).toEqual([]);
      await one.simulator.webhookSender.settled();
    }
    for (const subscription of at) expect(await seenUpTo(subscription, 'message 5')).toEqual(texts);
  });

  it('typing that nobody ends expires at both', async () => {
    const { conversation, cursor } = await create(one, 'k3');
    const id = conversation?.id ?? '';
    const at = [one, other].map((gateway) => gateway.subscribe(AgentActivityDocument, { id, after: cursor }));
    one.simulator.setWebhookUrl(one.addresses.webhookUrl);
    one.simulator.centre.agentAccepts(conversation?.conversationId ?? '');
    await one.simulator.webhookSender.settled();
    one.simulator.centre.agentTypes(conversation?.conversationId ?? '');
    for (const subscription of at) {
      const typing: unknown[] = [];
      while (typing.length < 2) {
        const activity = (await subscription.next()).data?.agentActivity;
        if (activity?.__typename === 'TypingChanged') typing.push(activity.typing.length);
      }
      expect(typing).toEqual([1, 0]);
    }
    const { conversation: now } = await other.get(ConversationDocument, { id });
    expect(now?.typing).toEqual([]);
  });

  it('a key creates one conversation, at whichever it is used', async () => {
    one.simulator.calls.length = 0;
    const first = await create(one, 'k1');
    expect(first.conversation).not.toBeNull();
    for (const gateway of [other, one, other]) expect(await create(gateway, 'k1')).toEqual(first);
    expect(posts()).toBe(1);
  });

  it('a key used at both in parallel creates one conversation, and both return it', async () => {
    one.simulator.calls.length = 0;
    const input = inputOf('k2');
    const answers = await Promise.all([one, other, one, other].map((gateway) => gateway.ask(CreateConversationDocument, { input })));
    const { conversation } = await create(one, 'k2');
    expect(conversation).not.toBeNull();
    for (const { data, errors } of answers) {
      // The one that comes second may not know yet what becomes of it.
      if (errors.length > 0) expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
      else expect(data?.createConversation.conversation?.id).toBe(conversation?.id);
    }
    expect(posts()).toBe(1);
  });
});

describeWith('redis-server', HOW_TO_GET_REDIS)('two gateways over one Redis that limit requests', () => {
  it('count them together', async () => {
    const redis = await RedisServer.start('--appendfsync', 'always');
    const config = { eventLog: { redis: redis.asLog }, rateLimit: { viewer: 1_000, address: 3 } };
    const [one, other] = [await RunningGateway.start({ config }), await RunningGateway.start({ config })];
    const statuses = [];
    for (const gateway of [one, other, other, one, other]) statuses.push((await gateway.post({ query: '{ gateway { version } }' })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await Promise.all([one.stop(), other.stop()]);
    await redis.dispose();
  });
});

/** The texts that a subscription hands out, repeats included, up to the last one, whose event is the last of all. */
async function seenUpTo(subscription: Results<ConversationEventsSubscription>, last: string): Promise<string[]> {
  const ids = new Set<string>();
  const texts: string[] = [];
  while (texts.at(-1) !== last) {
    const event = (await subscription.next()).data?.conversationEvents;
    if (event === undefined || ids.has(event.id)) throw new Error(`an error, or a second time: ${JSON.stringify(event)}`);
    ids.add(event.id);
    if (event.__typename === 'MessageAdded') texts.push(event.message.text ?? '');
  }
  return texts;
}
