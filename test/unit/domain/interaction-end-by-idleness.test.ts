import type { InteractionRecord } from '../../../src/domain/conversation.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { AGENT_LEFT_DELAY_MS, detectEnds } from '../../../src/domain/interaction-end.js';

const T = 1_767_225_600_000;
const base = (id: string) => ({ id, conversationId: 'c1', occurredAt: new Date(T), receivedAt: new Date(T), source: 'WEBHOOK' as const });
const idle: StateEvent = {
  ...base('idle'),
  type: 'CONVERSATION_UPDATED',
  data: { upstreamState: 'idle', assignment: null, customer: null, channelType: null },
};
const left: StateEvent = { ...base('left'), type: 'AGENT_LEFT', data: { agent: { agentId: 'a', name: null } } };
const interactions: InteractionRecord[] = [{ interactionId: 'i1', startedAt: new Date(T - 1_000), endedAt: new Date(T) }];

describe('an end that only an update to idle shows', () => {
  const reasons = (events: readonly StateEvent[], now: number) => {
    const { ended, open } = detectEnds('c1', events, interactions, now);
    return { reasons: ended.map(({ data }) => data.reason), open };
  };

  it('stays open while AGENT_LEFT or CUSTOMER_LEFT may still arrive', () => {
    expect(reasons([idle], T)).toEqual({ reasons: [], open: true });
    expect(reasons([idle], T + AGENT_LEFT_DELAY_MS - 1)).toEqual({ reasons: [], open: true });
    expect(reasons([idle], T + AGENT_LEFT_DELAY_MS)).toEqual({ reasons: ['OTHER'], open: false });
  });

  it('is detected immediately when it arrives', () => {
    expect(reasons([idle, left], T)).toEqual({ reasons: ['AGENT_LEFT'], open: false });
  });
});
