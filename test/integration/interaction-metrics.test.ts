import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import type { GatewayOptions } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import {
  AllConversationEventsDocument,
  ConversationCursorDocument,
  CreateConversationDocument,
  EraseConversationDocument,
  EventsDocument,
  GatewayDocument,
  HandlingDocument,
  InteractionMessagesDocument,
  LeaveConversationDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import { describeGenerations } from '../support/generations.js';

describeGenerations('handling', (generation) => {
  const HOUR_MS = 3_600_000;

  /** A gateway and a contact centre that go by one clock, which stands still until it is moved. */
  async function start(options: { retryDelaysMs?: readonly number[] } = {}, more: GatewayOptions = {}) {
    const time = { now: Date.now() };
    const clock = () => time.now;
    const running = await RunningGateway.start({
      generation,
      ...more,
      simulator: { clock, ...options },
      overrides: { clock, settleDelaysMs: [1, 5, 10, 20, 50, 100] },
    });
    return { running, time, after: (seconds: number) => (time.now += seconds * 1_000) };
  }

  async function create(running: RunningGateway): Promise<string> {
    const input = { channelId: running.simulator.channelId, customer: { name: 'Mia' } };
    const { createConversation } = await running.get(CreateConversationDocument, { input });
    return createConversation.conversation?.conversationId ?? '';
  }

  const handlingOf = async (running: RunningGateway, id: string) => (await running.get(HandlingDocument, { id })).conversation;

  describe('how a conversation was handled', () => {
    let world: Awaited<ReturnType<typeof start>>;

    afterEach(async () => {
      await world.running.stop();
    });

    /** Two queues, a transfer, two agents, a reopening; returns when all events have arrived and the ends are detected. */
    async function playStory(): Promise<string> {
      const { running, after } = world;
      const { centre, webhookSender, queueIds } = running.simulator;
      const id = await create(running);
      centre.routeNow(id);
      after(10);
      centre.agentAccepts(id);
      after(5);
      centre.agentSays(id, 'Hello');
      after(20);
      centre.agentTransfers(id, queueIds[1] ?? '', { order: 'left-first' });
      after(7);
      centre.agentAccepts(id);
      after(3);
      centre.agentSays(id, 'Hello again');
      after(30);
      centre.agentLeaves(id);
      after(60);
      await running.get(SendMessageDocument, { input: { conversationId: id, text: 'One more thing', sendAs: 'CUSTOMER' } });
      centre.routeNow(id);
      after(4);
      centre.agentAccepts(id);
      after(6);
      await running.get(LeaveConversationDocument, { input: { conversationId: id } });
      await webhookSender.settled();
      return id;
    }

    const FIGURES = [
      { transferCount: 1, waitSeconds: 10, handleSeconds: 58, firstResponseSeconds: 5 },
      { transferCount: 0, waitSeconds: 4, handleSeconds: 6, firstResponseSeconds: null },
    ];

    it("equals the clock's, and stays so after the events have expired", async () => {
      world = await start();
      const { running, after } = world;
      const id = await playStory();
      const queried = await handlingOf(running, id);
      const nodes = queried?.interactions?.nodes ?? [];
      expect(nodes).toMatchObject(FIGURES);
      expect(nodes.map(({ queues }) => queues?.length)).toEqual([2, 1]);
      expect(nodes.map(({ queues }) => queues?.at(-1)?.queue.queueId)).toEqual([
        running.simulator.queueIds[1],
        running.simulator.queueIds[1],
      ]);
      expect(new Set(nodes[0]?.handledBy?.map(({ agent }) => agent.agentId)).size).toBe(2);
      expect(queried?.currentInteraction).toBeNull();
      const [first, second] = nodes.map(({ interactionId }) => ({ interactionId }));
      expect(queried?.messages?.nodes.map(({ interaction }) => interaction)).toEqual([first, first, second]);

      const page = async (interactionId: string | null | undefined, args: { first?: number; after?: string | null; last?: number }) =>
        (await running.get(InteractionMessagesDocument, { id, interactionId: interactionId ?? '', ...args })).conversation;
      const opening = (await page(first?.interactionId, { first: 1 }))?.messages;
      expect(opening).toMatchObject({ totalCount: 2, nodes: [{ text: 'Hello' }], pageInfo: { hasNextPage: true, hasPreviousPage: false } });
      const rest = await page(first?.interactionId, { first: 5, after: opening?.pageInfo.endCursor ?? '' });
      expect(rest?.messages).toMatchObject({ nodes: [{ text: 'Hello again' }], pageInfo: { hasNextPage: false, hasPreviousPage: true } });
      expect(rest?.interactions?.nodes[0]?.messages?.nodes).toEqual([{ text: 'One more thing' }]);
      expect((await page(second?.interactionId, { last: 5 }))?.messages).toMatchObject({
        totalCount: 1,
        nodes: [{ text: 'One more thing' }],
      });

      after((73 * HOUR_MS) / 1_000);
      await running.gateway.close();
      await running.restart();
      await untilTrue(() => running.log.lines.some(({ message, fields }) => message === 'events expired' && Number(fields['removed']) > 0));
      expect((await running.get(EventsDocument, { id, first: 10 })).conversation?.events.edges).toEqual([]);
      expect((await handlingOf(running, id))?.interactions?.nodes).toEqual(nodes);
    });

    it('is the same when events come late and out of order', async () => {
      world = await start();
      const { running } = world;
      const held = running.simulator.holdPoints.hold('event', ({ eventType }) => eventType === 'QUEUED' || eventType === 'TRANSFER');
      const playing = playStory();
      await untilTrue(() => running.simulator.webhookSender.deliveries().filter(({ eventType }) => eventType === 'QUEUED').length === 3);
      held.release();
      const id = await playing;
      expect((await handlingOf(running, id))?.interactions?.nodes).toMatchObject(FIGURES);
    });

    it('is null, not zero, if the gateway missed the beginning', async () => {
      world = await start({ retryDelaysMs: [] });
      const { running, after } = world;
      const { centre, webhookSender, queueIds } = running.simulator;
      running.simulator.setWebhookUrl('http://127.0.0.1:9/nobody');
      const id = await create(running);
      centre.routeNow(id);
      centre.agentAccepts(id);
      await webhookSender.settled();
      running.simulator.setWebhookUrl(running.addresses.webhookUrl);
      after(20);
      centre.agentTransfers(id, queueIds[1] ?? '', { order: 'transfer-first' });
      after(5);
      centre.agentAccepts(id);
      await webhookSender.settled();
      const [interaction] = (await handlingOf(running, id))?.interactions?.nodes ?? [];
      expect(interaction?.startedAt).not.toBeNull();
      const { queues, handledBy, transferCount, waitSeconds, handleSeconds, firstResponseSeconds } = interaction ?? {};
      expect([queues, handledBy, transferCount, waitSeconds, handleSeconds, firstResponseSeconds]).toEqual([
        null,
        null,
        null,
        null,
        null,
        null,
      ]);
    });
  });

  const settings = SETTINGS.filter((setting) => setting.generation === generation);
  describe.each(settings)('all conversations together, over $transport', ({ transport }) => {
    let world: Awaited<ReturnType<typeof start>>;
    beforeEach(async () => {
      world = await start({}, { transport });
    });
    afterEach(async () => {
      await world.running.stop();
    });

    it('are followed in order, resumed by cursor, by channel and by type', async () => {
      const { running } = world;
      const { centre, webhookSender, channelIds } = running.simulator;
      const { gateway } = await running.get(GatewayDocument);
      const live = running.subscribe(AllConversationEventsDocument, { after: gateway.latestCursor });
      const ids: string[] = [];
      for (const channelId of channelIds) {
        const { createConversation } = await running.get(CreateConversationDocument, { input: { channelId, customer: {} } });
        const id = createConversation.conversation?.conversationId ?? '';
        ids.push(id);
        centre.routeNow(id);
        centre.agentAccepts(id);
      }
      await webhookSender.settled();
      const count = webhookSender.deliveries().length;
      const seen = (await live.take(count)).map(({ data }) => data?.allConversationEvents);
      expect(new Set(seen.map((event) => event?.id)).size).toBe(count);
      expect(new Set(seen.map((event) => event?.conversationId))).toEqual(new Set(ids));
      await live.stop();

      const resumed = running.subscribe(AllConversationEventsDocument, { after: seen[2]?.cursor ?? '' });
      expect((await resumed.take(count - 3)).map(({ data }) => data?.allConversationEvents)).toEqual(
        seen.slice(3).map((event) => ({ ...event, replayed: true })),
      );
      const ofChannel = running.subscribe(AllConversationEventsDocument, { after: gateway.latestCursor, channelId: channelIds[1] ?? '' });
      const wanted = seen.filter((event) => event?.conversationId === ids[1]);
      running.simulator.calls.length = 0;
      expect((await ofChannel.take(wanted.length)).map(({ data }) => data?.allConversationEvents.id)).toEqual(
        wanted.map((event) => event?.id),
      );
      expect(running.simulator.calls.length).toBeLessThanOrEqual(ids.length);
      const joined = running.subscribe(AllConversationEventsDocument, { after: gateway.latestCursor, types: ['AGENT_JOINED'] });
      expect((await joined.take(2)).map(({ data }) => data?.allConversationEvents.__typename)).toEqual(['AgentJoined', 'AgentJoined']);
      for (const subscription of [resumed, ofChannel, joined]) await subscription.stop();
    });

    it('lose what is erased of one, and nothing of the others', async () => {
      const { running } = world;
      const { centre, webhookSender } = running.simulator;
      const [gone, kept] = [await create(running), await create(running)];
      for (const id of [gone, kept]) centre.routeNow(id);
      await webhookSender.settled();
      const before = (await running.get(ConversationCursorDocument, { id: gone })).conversation?.latestCursor ?? '';
      const { eraseConversation } = await running.get(EraseConversationDocument, { input: { conversationId: gone } });
      expect(eraseConversation).toMatchObject({ userErrors: [], removedEvents: webhookSender.deliveries().length / 2 });
      const events = async (id: string) => (await running.get(EventsDocument, { id, first: 50 })).conversation?.events.edges.length;
      expect([await events(gone), await events(kept)]).toEqual([0, webhookSender.deliveries().length / 2]);
      centre.agentAccepts(gone);
      await webhookSender.settled();
      expect(await events(gone)).toBe(1);
      const resumed = running.subscribe(AllConversationEventsDocument, {
        after: (await running.get(GatewayDocument)).gateway.latestCursor,
      });
      await resumed.stop();
      expect((await running.get(ConversationCursorDocument, { id: gone })).conversation?.latestCursor).not.toBe(before);
    });
  });
});
