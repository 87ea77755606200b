import type { ListedConversation, SearchRequest } from '../../../../../src/events/jobs/heal/conversation-search.js';
import { GapWatch } from '../../../../../src/events/jobs/heal/gap-watch.js';
import type { Look } from '../../../../../src/events/jobs/heal/look-queue.js';
import { QuietWatch } from '../../../../../src/events/jobs/heal/quiet-watch.js';
import { SilenceWatch } from '../../../../../src/events/jobs/heal/silence-watch.js';
import type { Silence, SilenceWatchOptions } from '../../../../../src/events/jobs/heal/silence-watch.js';
import { HEAL_TIMINGS } from '../../../../../src/events/jobs/heal/timings.js';
import type { EventLog } from '../../../../../src/events/port/event-log.js';
import { untilTrue } from '../../../../support/until.js';

const MINUTE = 60_000;
const START = Date.parse('2026-11-30T10:00:00Z');
/** Ticks arrive immediately; what is due is decided by the clock. */
const TIMINGS = { ...HEAL_TIMINGS, beatMs: 1, retryMs: 1, tickMs: 1 };
const REACH = 24 * 60 * MINUTE;

let now: number;
let looks: Look[];
let ticks: number;
const clock = () => now;
const onError = (error: unknown) => {
  throw error;
};
beforeEach(() => {
  now = START;
  looks = [];
  ticks = 0;
});

/** A log with nothing but this. */
const logWith = (members: Partial<EventLog>) => members as EventLog;
/** Waits until whoever counts ticks has been through two of them. */
const afterTicks = async () => {
  const before = ticks;
  await untilTrue(() => ticks >= before + 2);
};
/** A list of the upstream's. */
async function* listing(listed: readonly ListedConversation[]) {
  yield* await Promise.resolve(listed);
}
const passes = async (ms: number) => {
  now += ms;
  await afterTicks();
};

describe('QuietWatch', () => {
  let cursor = 'a';
  let followed: readonly string[] = ['c1'];
  let isOpen = true;
  let watch: QuietWatch;
  beforeEach(() => {
    [cursor, followed, isOpen] = ['a', ['c1'], true];
    const log = logWith({
      followed: () => {
        ticks += 1;
        return followed;
      },
      head: () => Promise.resolve({ cursor: () => Promise.resolve(cursor) }),
    });
    const conversations = { isOpen: () => Promise.resolve(isOpen) };
    watch = new QuietWatch({ log, conversations, clock, timings: TIMINGS, add: (look) => looks.push(look), onError });
    watch.start();
  });
  afterEach(() => watch.close());

  it('has a quiet conversation looked at after two minutes, and then at intervals that double up to fifteen', async () => {
    await passes(2 * MINUTE - 1);
    expect(looks).toEqual([]);
    await passes(1);
    expect(looks).toMatchObject([{ conversationId: 'c1', reason: 'quiet', since: new Date(START) }]);
    for (const [index, minutes] of [4, 8, 15, 15].entries()) {
      await passes(minutes * MINUTE - 1);
      expect(looks).toHaveLength(index + 1);
      await passes(1);
      expect(looks).toHaveLength(index + 2);
    }
  });

  it('begins anew with every event', async () => {
    await passes(2 * MINUTE);
    cursor = 'b';
    await passes(4 * MINUTE);
    expect(looks).toHaveLength(1);
    await passes(2 * MINUTE);
    expect(looks).toHaveLength(2);
  });

  it('leaves alone what is over, also where only the upstream says so, and what nobody follows', async () => {
    isOpen = false;
    await passes(60 * MINUTE);
    expect(looks).toEqual([]);
    isOpen = true;
    await passes(60 * MINUTE);
    expect(looks).toHaveLength(1);
    looks[0]?.onSettled?.({ healed: {}, isPending: false, isOpen: false });
    await passes(60 * MINUTE);
    expect(looks).toHaveLength(1);
    followed = [];
    await passes(60 * MINUTE);
    expect(looks).toHaveLength(1);
  });
});

describe('SilenceWatch', () => {
  let open: readonly string[] = [];
  let lastWebhookAt: Date | null = null;
  let newest: readonly object[] = [];
  let reported: (Silence | null)[] = [];
  let listed: readonly ListedConversation[] = [];
  let searches: SearchRequest[] = [];
  let watch: SilenceWatch;
  beforeEach(() => {
    [listed, searches] = [[], []];
    [open, lastWebhookAt, newest, reported] = [['c1', 'c2'], null, [], []];
    watch = new SilenceWatch(options());
    watch.start();
  });
  afterEach(() => watch.close());

  function options(): SilenceWatchOptions {
    return {
      log: logWith({ read: () => Promise.resolve({ events: newest as never, hasMore: false }) }),
      clock,
      timings: TIMINGS,
      reachMs: REACH,
      conversations: { find: () => Promise.resolve(open) },
      findListed: (request) => {
        searches.push(request);
        return listing(listed);
      },
      lastWebhookAt: () => {
        ticks += 1;
        return lastWebhookAt;
      },
      add: (look) => looks.push(look),
      onSilence: (silence) => reported.push(silence),
      onError,
    };
  }

  it('reports once that no webhook arrives though conversations are open, has them looked at, and reports the end', async () => {
    await passes(10 * MINUTE - 1);
    expect([watch.current, looks]).toEqual([null, []]);
    await passes(1);
    expect(watch.current).toEqual({ since: new Date(START), openConversations: 2 });
    expect(looks.map(({ conversationId, reason }) => [conversationId, reason])).toEqual([
      ['c1', 'silence'],
      ['c2', 'silence'],
    ]);
    expect(watch.seconds).toBe(600);
    await passes(10 * MINUTE);
    expect(looks).toHaveLength(4);
    lastWebhookAt = new Date(now);
    await passes(1);
    expect([watch.current, watch.seconds]).toEqual([null, 0.001]);
    expect(reported).toEqual([{ since: new Date(START), openConversations: 2 }, null]);
  });

  it('has those looked at that the upstream lists, and all a last time when webhooks arrive again', async () => {
    listed = [{ conversationId: 'unknown', isEnded: false }];
    newest = [{ event: { source: 'WEBHOOK', receivedAt: new Date(START - MINUTE) } }];
    await passes(10 * MINUTE);
    await untilTrue(() => looks.length === 3);
    // Since the last webhook, which another process received.
    expect(looks[2]).toMatchObject({ conversationId: 'unknown', reason: 'listed', since: new Date(START - MINUTE), isEnded: false });
    expect(searches).toEqual([{ since: new Date(START - MINUTE), withEnded: false }]);

    // Something was missing indeed: that goes on though nothing is open any more.
    looks[0]?.onSettled?.({ healed: { MESSAGE_ADDED: 1 }, isPending: false, isOpen: false });
    open = [];
    await passes(10 * MINUTE);
    await untilTrue(() => looks.length === 4);
    expect(watch.current).toBeNull();
    await passes(MINUTE);
    lastWebhookAt = new Date(now);
    await passes(1);
    await untilTrue(() => looks.length === 5);
    expect(looks[4]).toMatchObject({ conversationId: 'unknown', since: new Date(START - MINUTE), requestedAt: lastWebhookAt });
    expect(searches).toHaveLength(3);
    expect(searches[2]).toMatchObject({ withEnded: true });
    await passes(MINUTE);
    expect(looks).toHaveLength(5);
  });

  it('looks at what is open after a start long after the last webhook, without reporting a silence', async () => {
    watch.close();
    looks = [];
    newest = [{ event: { source: 'WEBHOOK', receivedAt: new Date(START - 20 * MINUTE) } }];
    watch = new SilenceWatch({ ...options(), lastWebhookAt: () => new Date(START) });
    watch.start();
    await untilTrue(() => looks.length === 2);
    expect(looks[0]).toMatchObject({ conversationId: 'c1', since: new Date(START - 20 * MINUTE) });
    expect(watch.current).toBeNull();
  });

  it('is nothing to report while no conversation is open', async () => {
    open = [];
    await passes(60 * MINUTE);
    expect([watch.current, looks, reported]).toEqual([null, [], []]);
    expect(watch.seconds).toBe(3_600);
  });

  it('is none where another gateway of the log receives webhooks; what was healed is no webhook', async () => {
    await passes(9 * MINUTE);
    newest = [{ event: { source: 'WEBHOOK', receivedAt: new Date(now) } }, { event: { source: 'HISTORY', receivedAt: new Date(now + 1) } }];
    await passes(9 * MINUTE);
    expect(watch.current).toBeNull();
    await passes(MINUTE);
    expect(watch.current).toMatchObject({ since: new Date(START + 9 * MINUTE) });
  });
});

describe('GapWatch', () => {
  it('looks since the last webhook, and settles the gap only when the upstream’s list has been read and what it holds was looked at', async () => {
    const gap = { from: new Date(START - 20 * MINUTE), to: new Date(START) };
    const lastWebhookAt = new Date(START - 50 * MINUTE);
    const settled: object[] = [];
    let goOn: () => void = () => undefined;
    const listRead = new Promise<void>((resolve) => (goOn = resolve));
    const watch = new GapWatch({
      log: logWith({
        read: () => Promise.resolve({ events: [{ event: { source: 'WEBHOOK', receivedAt: lastWebhookAt } }] as never, hasMore: false }),
      }),
      marks: {
        beat: () => {
          ticks += 1;
          return Promise.resolve(settled.length === 0 ? gap : null);
        },
        settle: (done) => {
          settled.push(done);
          return Promise.resolve();
        },
      },
      conversations: { candidates: () => Promise.resolve(['c1']) },
      findListed: async function* ({ since, withEnded }) {
        expect([since, withEnded]).toEqual([lastWebhookAt, true]);
        yield { conversationId: 'ended', isEnded: true };
        await listRead;
        yield { conversationId: 'open', isEnded: false };
      },
      clock,
      timings: TIMINGS,
      afterMs: 30_000,
      reachMs: REACH,
      add: (look) => looks.push(look),
      onGap: () => undefined,
      onSettled: () => undefined,
      onError,
    });
    watch.start();
    await untilTrue(() => looks.length === 2);
    for (const look of looks) look.onSettled?.(null);
    await afterTicks();
    expect(settled).toEqual([]);
    goOn();
    await untilTrue(() => looks.length === 3);
    expect(looks).toMatchObject([
      { conversationId: 'c1', reason: 'gap', since: lastWebhookAt },
      { conversationId: 'ended', reason: 'listed', isEnded: true },
      { conversationId: 'open', reason: 'listed', since: lastWebhookAt, requestedAt: gap.to },
    ]);
    await afterTicks();
    expect(settled).toEqual([]);
    looks[2]?.onSettled?.(null);
    await untilTrue(() => settled.length === 1);
    await watch.close();
  });

  it('has everything looked at that is not settled yet, once, and settles the gap when all of it is', async () => {
    const gap = { from: new Date(START - 20 * MINUTE), to: new Date(START) };
    let current: typeof gap | null = gap;
    const beats: object[] = [];
    const settled: object[] = [];
    const reported: object[] = [];
    const watch = new GapWatch({
      log: logWith({ read: () => Promise.resolve({ events: [], hasMore: false }) }),
      marks: {
        beat: (beat) => {
          beats.push(beat);
          ticks += 1;
          return Promise.resolve(current);
        },
        settle: (done) => {
          settled.push(done);
          current = null;
          return Promise.resolve();
        },
      },
      conversations: { candidates: () => Promise.resolve(['c1', 'c2']) },
      findListed: () => listing([]),
      clock,
      timings: TIMINGS,
      afterMs: 30_000,
      reachMs: REACH,
      add: (look) => looks.push(look),
      onGap: () => undefined,
      onSettled: (done) => reported.push(done),
      onError,
    });
    watch.start();
    await afterTicks();
    expect(beats[0]).toEqual({ now: new Date(START), lastEventAt: null, gapMs: TIMINGS.beatMs + 30_000 });
    expect(looks).toMatchObject([
      { conversationId: 'c1', reason: 'gap', since: gap.from, requestedAt: gap.to },
      { conversationId: 'c2', reason: 'gap', since: gap.from, requestedAt: gap.to },
    ]);
    looks[0]?.onSettled?.(null);
    await afterTicks();
    expect([looks.length, settled, reported]).toEqual([2, [], []]);
    looks[1]?.onSettled?.(null);
    await afterTicks();
    expect([settled, reported]).toEqual([[gap], [gap]]);
    await watch.close();
  });
});
