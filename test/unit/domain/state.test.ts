import { deriveState } from '../../../src/domain/state.js';
import type { ConversationState, FoldedState } from '../../../src/domain/state.js';

const FOLDED: readonly FoldedState[] = ['NONE', 'CREATED', 'BOT', 'QUEUED', 'ACTIVE', 'TRANSFERRING', 'LEFT', 'IDLE'];
type Upstream = Parameters<typeof deriveState>[1];

const by = (upstream: Upstream): Partial<Record<FoldedState, ConversationState>> =>
  Object.fromEntries(FOLDED.map((folded) => [folded, deriveState(folded, upstream)]));

const active = (type: 'QUEUE' | 'AGENT' | 'SCRIPT' | 'WEBHOOK' | 'OTHER') => ({
  upstreamState: 'ACTIVE' as const,
  assignment: { type, targetId: 'x' },
});

describe('the state of a conversation', () => {
  it('is IDLE if the upstream is', () => {
    expect(new Set(Object.values(by({ upstreamState: 'IDLE', assignment: null })))).toEqual(new Set(['IDLE']));
  });

  it('comes from the events if the upstream is unavailable, and is UNKNOWN if they leave it open', () => {
    const certain = { NONE: 'UNKNOWN', LEFT: 'UNKNOWN', CREATED: 'CREATED', BOT: 'BOT', QUEUED: 'QUEUED', ACTIVE: 'ACTIVE' };
    expect(by(null)).toEqual({ ...certain, TRANSFERRING: 'TRANSFERRING', IDLE: 'IDLE' });
    expect(by({ upstreamState: null, assignment: null })).toEqual(by(null));
  });

  it('is in progress if the upstream is ACTIVE: an undecided leaving is a transfer, and an end is a past one', () => {
    const ongoing = { BOT: 'BOT', QUEUED: 'QUEUED', ACTIVE: 'ACTIVE', TRANSFERRING: 'TRANSFERRING', LEFT: 'TRANSFERRING' };
    expect(by(active('QUEUE'))).toEqual({ ...ongoing, NONE: 'QUEUED', CREATED: 'QUEUED', IDLE: 'QUEUED' });
    expect(by(active('AGENT'))).toEqual({ ...ongoing, NONE: 'ACTIVE', CREATED: 'ACTIVE', IDLE: 'ACTIVE' });
    const withBot = { ...ongoing, NONE: 'BOT', CREATED: 'BOT', IDLE: 'BOT', LEFT: 'BOT' };
    expect([by(active('SCRIPT')), by(active('WEBHOOK'))]).toEqual([withBot, withBot]);
    expect(by(active('OTHER'))).toEqual({ ...ongoing, NONE: 'UNKNOWN', CREATED: 'QUEUED', IDLE: 'QUEUED' });
  });

  it('is CREATED if nothing has happened', () => {
    expect(deriveState('NONE', { upstreamState: 'CREATED', assignment: null })).toBe('CREATED');
    expect(deriveState('QUEUED', { upstreamState: 'CREATED', assignment: null })).toBe('QUEUED');
  });
});
