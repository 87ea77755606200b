import { foldSummary, parseSummary } from '../../../src/domain/inbox-summary.js';
import type { InboxSummary } from '../../../src/domain/inbox-summary.js';
import { project } from '../../../src/domain/projection.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { deriveState } from '../../../src/domain/state.js';
import { agentJoined, agentLeft, queued, START, transferred, updated } from '../../contract/event-log/sample-events.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';

const SECOND = 1_000;
const RUNS = 300;

const at = (seconds: number) => ({ occurredAt: START + seconds * SECOND, receivedAt: START + seconds * SECOND + 200 });
const healedQueued = (id: string, seconds: number): StateEvent => ({ ...queued(id, at(seconds)), source: 'HISTORY' });

/** As a log does it: the parts are stored as JSON after each event. */
function foldAll(events: readonly StateEvent[]): InboxSummary {
  let summary: InboxSummary | null = null;
  for (const event of events) {
    const { shown, folded } = foldSummary(summary, [event]);
    summary = parseSummary(JSON.stringify(shown), JSON.stringify(folded));
  }
  if (summary === null) throw new Error('no events');
  return summary;
}

it('ignores the healed start of an interaction whose own event arrived after all', () => {
  const events = [healedQueued('heal-1', 4), queued('e1', at(0)), agentJoined('e2', at(3))];
  expect(foldAll(events).shown).toMatchObject({ state: 'ACTIVE', assignment: { type: 'AGENT', targetId: 'a1' } });
});

it(`has the state of the projection, whatever arrives in whatever order (${RUNS} random conversations)`, () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = seededRandom(seed);
    const kinds = [queued, agentJoined, agentLeft, transferred] as const;
    const events = Array.from({ length: 8 }, (_, n): StateEvent => {
      const seconds = Math.floor(random() * 90);
      if (random() < 0.2) return healedQueued(`heal-${n}`, seconds);
      if (random() < 0.15) return updated(`e${n}`, random() < 0.5 ? 'idle' : 'active', at(seconds));
      return (kinds[Math.floor(random() * kinds.length)] ?? queued)(`e${n}`, at(seconds));
    });
    const { state } = foldAll(events).shown;
    expect([seed, state]).toEqual([seed, deriveState(project(events).state, null)]);
  }
});
