import type { Handling } from '../../../src/domain/interaction-metrics.js';
import { metricsByInteraction } from '../../../src/domain/interaction-figures.js';
import { appendWhenReceived, disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { agentJoined, agentLeft, messageAdded, queued, START, updated } from './sample-events.js';

const HOUR = 3_600_000;
const at = (seconds: number) => ({ occurredAt: START + seconds * 1_000, receivedAt: START + seconds * 1_000 });

/** The events of one interaction, in order: queued at 0 s, joined at 10 s, answered at 15 s, left at 40 s, idle. */
const story = [
  queued('q1', at(0)),
  agentJoined('j1', at(10)),
  messageAdded('m1', 'hello', at(15)),
  agentLeft('l1', at(40)),
  updated('u1', 'idle', at(40)),
];
const FIGURES = { waitSeconds: 10, handleSeconds: 30, firstResponseSeconds: 5, transferCount: 0 };

/** The figures of an interaction that begins and ends then, in seconds. */
function metricsAt(handling: Handling, start: number, end: number | null) {
  const date = (seconds: number) => new Date(START + seconds * 1_000);
  const interaction = { interactionId: 'i', startedAt: date(start), endedAt: end === null ? null : date(end) };
  return metricsByInteraction([interaction], handling).get('i');
}

/** The metrics that every engine computes from a conversation's events. */
export function describeHandling(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('returns how a conversation was handled, in whatever order its events arrived', async () => {
    const { log } = await open();
    for (const event of [...story].reverse()) await log.append(event);
    expect(metricsAt(await log.interactionMetrics('c1'), 0, 40)).toMatchObject(FIGURES);
    expect(await log.interactionMetrics('c2')).toEqual([]);
  });

  it('returns the same after the events have expired, together or one by one, and after a reopening', async () => {
    const under = await open();
    const { log, clock, reopen } = under;
    await appendWhenReceived(under, log, story);
    const before = await log.interactionMetrics('c1');
    for (const seconds of [5, 12, 39, 3_600]) {
      clock.now = START + HOUR;
      await log.expire(new Date(START + seconds * 1_000));
      expect(await log.interactionMetrics('c1')).toEqual(before);
    }
    const again = await reopen();
    expect((await again.read({ conversationId: 'c1' }, { limit: 10 })).events).toEqual([]);
    expect(await again.interactionMetrics('c1')).toEqual(before);
  });

  it('continues with later events where the expired ones ended', async () => {
    const under = await open();
    const { log, clock } = under;
    await appendWhenReceived(under, log, story);
    clock.now = START + HOUR;
    await log.expire(new Date(START + HOUR));
    await log.append(queued('q2', at(7_200)));
    await log.append(agentJoined('j2', at(7_230)));
    const handling = await log.interactionMetrics('c1');
    expect(metricsAt(handling, 0, 40)).toMatchObject(FIGURES);
    expect(metricsAt(handling, 7_200, null)).toMatchObject({ waitSeconds: 30, handleSeconds: null, firstResponseSeconds: null });
  });

  it('forgets an erased conversation, and one whose events expired ten retentions ago', async () => {
    const under = await open();
    const { log, clock } = under;
    await appendWhenReceived(under, log, [...story, queued('other', { ...at(0), conversationId: 'c2' })]);
    clock.now = START + HOUR;
    await log.expire(new Date(START + HOUR));
    await log.erase('c1');
    expect(await log.interactionMetrics('c1')).toEqual([]);
    clock.now = START + 100 * HOUR;
    await log.expire(new Date(START + 95 * HOUR));
    expect(await log.interactionMetrics('c2')).toEqual([]);
  });
}
