import { MessagePageDocument } from '../operations/operations.generated.js';
import type { MessagePageQueryVariables } from '../operations/operations.generated.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { createConversation } from './followed-conversation.js';

const COUNT = 230;

describeGenerations('paging through many messages that nobody has read yet', (generation) => {
  let running: RunningGateway;
  let conversationId: string;
  let interactionId: string;
  const texts = Array.from({ length: COUNT }, (_, index) => `message ${index}`);

  beforeEach(async () => {
    running = await RunningGateway.start({ generation });
    const { centre, webhookSender } = running.simulator;
    conversationId = (await createConversation(running)).id;
    centre.routeNow(conversationId);
    centre.agentAccepts(conversationId);
    for (const text of texts) centre.agentSays(conversationId, text);
    await webhookSender.settled();
  });
  afterEach(() => running.stop());

  async function page(args: Partial<MessagePageQueryVariables>) {
    const { conversation } = await running.get(MessagePageDocument, { id: conversationId, ...args });
    interactionId = conversation?.interactions?.nodes[0]?.interactionId ?? '';
    return conversation?.messages;
  }

  /** Every page of the messages, forward or backward. */
  async function allPages(isForward: boolean, ofInteraction: string | null) {
    const seen: (string | null)[] = [];
    let cursor: string | null | undefined = null;
    for (let more: boolean | undefined = true; more;) {
      const found: Awaited<ReturnType<typeof page>> = await page({
        ...(ofInteraction === null ? {} : { interactionId: ofInteraction }),
        ...(isForward ? { first: 100, after: cursor ?? null } : { last: 100, before: cursor ?? null }),
      });
      const nodes = found?.nodes.map(({ text }) => text) ?? [];
      expect({ empty: nodes.length === 0, totalCount: found?.totalCount }).toEqual({ empty: false, totalCount: COUNT });
      if (isForward) seen.push(...nodes);
      else seen.unshift(...nodes);
      more = isForward ? found?.pageInfo.hasNextPage : found?.pageInfo.hasPreviousPage;
      cursor = isForward ? found?.pageInfo.endCursor : found?.pageInfo.startCursor;
    }
    return seen;
  }

  it.each([
    ['forward', true],
    ['backward', false],
  ])('shows each of 230 once, %s', async (_direction, isForward) => {
    expect(await allPages(isForward, null)).toEqual(texts);
  });

  it('shows each of the 230 of one interaction once', async () => {
    await page({ first: 1 });
    expect(await allPages(true, interactionId)).toEqual(texts);
  });
});
