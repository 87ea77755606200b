import { LeaveConversationDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation, ofType } from './followed-conversation.js';

describe('the reason of an interaction that the customer ended', () => {
  it("is corrected when the customer's leaving arrives after the agent's", async () => {
    const gateway = await RunningGateway.start({ overrides: { settleDelaysMs: [5, 20, 100, 500] } });
    const story = await FollowedConversation.create(gateway);
    await story.expectNext(...CREATED);
    gateway.simulator.centre.agentAccepts(story.id);
    await story.expectNext('AGENT_JOINED');
    const isCustomer = (body: Readonly<Record<string, unknown>>) => JSON.stringify(body).includes('"memberType":"user"');
    const late = gateway.simulator.holdPoints.hold('event', ({ body }) => isCustomer(body));
    await gateway.get(LeaveConversationDocument, { input: { conversationId: story.id } });
    expect(ofType(await story.expectEnd('AGENT_LEFT'), 'InteractionEnded')).toMatchObject([{ reason: 'AGENT_LEFT' }]);
    late.release();
    await story.expectNext('CUSTOMER_LEFT');
    expect(ofType(await story.queriedEvents(), 'InteractionEnded')).toMatchObject([{ reason: 'CUSTOMER_LEFT' }]);
    await story.stop();
    await gateway.stop();
  });
});
