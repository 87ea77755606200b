import type { ConversationHealing } from '../../../../../src/events/jobs/heal/heal-conversation.js';
import { LookQueue } from '../../../../../src/events/jobs/heal/look-queue.js';
import type { Look, LookQueueOptions } from '../../../../../src/events/jobs/heal/look-queue.js';
import type { LookClaim } from '../../../../../src/events/port/healing-marks.js';
import { LocalLookClaims } from '../../../../../src/events/sqlite/local-look-claims.js';
import { CLAIM_MS } from '../../../../../src/events/port/healing-marks.js';
import { untilTrue } from '../../../../support/until.js';

const START = Date.parse('2026-11-30T10:00:00Z');
const FOUND_NOTHING: ConversationHealing = { healed: {}, isPending: false, isOpen: true };

let now: number;
let settled: (ConversationHealing | null)[];
let healed: string[];
beforeEach(() => {
  now = START;
  settled = [];
  healed = [];
});

const lookAt = (conversationId: string, more: Partial<Look> = {}): Look => ({
  conversationId,
  reason: 'gap',
  since: new Date(START),
  requestedAt: new Date(START),
  onSettled: (healing) => settled.push(healing),
  ...more,
});

function queueWith(options: Partial<LookQueueOptions> = {}): LookQueue {
  return new LookQueue({
    heal: (conversationId) => {
      healed.push(conversationId);
      return Promise.resolve(FOUND_NOTHING);
    },
    marks: new LocalLookClaims(),
    isWorthwhile: () => Promise.resolve(true),
    clock: () => now,
    workers: 2,
    pendingMs: 1,
    retryMs: 1,
    reachMs: 3_600_000,
    onLook: () => undefined,
    onError: () => undefined,
    ...options,
  });
}

/** A promise that somebody else resolves. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('LookQueue', () => {
  it('looks at each conversation once, in order, no more at a time than it has workers', async () => {
    let running = 0;
    let most = 0;
    const { opened, open } = gate();
    const queue = queueWith({
      heal: async (conversationId) => {
        most = Math.max(most, (running += 1));
        await opened;
        healed.push(conversationId);
        running -= 1;
        return FOUND_NOTHING;
      },
    });
    for (const id of ['c1', 'c2', 'c3', 'c4', 'c4']) queue.add(lookAt(id));
    expect(queue.size).toBe(4);
    open();
    await untilTrue(() => queue.size === 0);
    expect([healed, most]).toEqual([['c1', 'c2', 'c3', 'c4'], 2]);
    expect(settled).toHaveLength(5);
  });

  it('asks again for what another looks at, and is done once that one is', async () => {
    const claims: LookClaim[] = ['busy', 'busy', 'done'];
    const queue = queueWith({
      marks: { claim: () => Promise.resolve(claims.shift() ?? 'busy'), release: () => Promise.reject(new Error('not ours')) },
    });
    queue.add(lookAt('c1'));
    await untilTrue(() => queue.size === 0);
    expect([claims, healed, settled]).toEqual([[], [], [null]]);
  });

  it('takes over what another has claimed and never released, once that claim has lapsed', async () => {
    const marks = new LocalLookClaims();
    await marks.claim('c1', new Date(START), new Date(START));
    let asked = 0;
    const queue = queueWith({
      marks: {
        claim: (...args) => {
          asked += 1;
          return marks.claim(...args);
        },
        release: (conversationId, lookedAt) => marks.release(conversationId, lookedAt),
      },
    });
    queue.add(lookAt('c1'));
    now = START + CLAIM_MS - 1;
    const before = asked;
    await untilTrue(() => asked > before + 2);
    expect(healed).toEqual([]);
    now = START + CLAIM_MS;
    await untilTrue(() => queue.size === 0);
    expect(healed).toEqual(['c1']);
  });

  it('releases the claims of looks that fail or are in progress when it is closed', async () => {
    const marks = new LocalLookClaims();
    const { opened, open } = gate();
    const queue = queueWith({
      marks,
      heal: async (conversationId) => {
        healed.push(conversationId);
        await opened;
        throw new Error('the gateway is shutting down');
      },
    });
    queue.add(lookAt('c1'));
    queue.add(lookAt('c2'));
    queue.add(lookAt('c3'));
    await untilTrue(() => healed.length === 2);
    expect(await marks.claim('c1', new Date(START), new Date(now))).toBe('busy');
    const closing = queue.close();
    open();
    await closing;
    for (const id of ['c1', 'c2', 'c3']) expect(await marks.claim(id, new Date(START), new Date(now))).toBe('claimed');
    expect(healed).toEqual(['c1', 'c2']);
    expect(settled).toEqual([]);
  });

  it('repeats a look that fails, and one that found something too recent', async () => {
    const outcomes: (Error | ConversationHealing)[] = [new Error('down'), { ...FOUND_NOTHING, isPending: true }, FOUND_NOTHING];
    const errors: unknown[] = [];
    const queue = queueWith({
      heal: () => {
        const next = outcomes.shift() ?? FOUND_NOTHING;
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
      onError: (error) => errors.push(error),
      clock: () => (now += 10),
    });
    queue.add(lookAt('c1'));
    await untilTrue(() => queue.size === 0);
    expect(outcomes).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(settled).toEqual([FOUND_NOTHING]);
  });

  it('holds a look that is to be repeated for all gateways, and counts it as done only then', async () => {
    const outcomes = [{ ...FOUND_NOTHING, isPending: true }, { ...FOUND_NOTHING, isPending: true }, FOUND_NOTHING];
    const released: [at: number | null, repeatedInMs: number | undefined][] = [];
    const queue = queueWith({
      heal: () => Promise.resolve(outcomes.shift() ?? FOUND_NOTHING),
      marks: {
        claim: () => Promise.resolve('claimed'),
        release: (_id, lookedAt, repeatedInMs) => {
          released.push([lookedAt?.getTime() ?? null, repeatedInMs]);
          return Promise.resolve();
        },
      },
      pendingMs: 2,
    });
    queue.add(lookAt('c1'));
    await untilTrue(() => queue.size === 0);
    expect(released).toEqual([
      [null, 2],
      [null, 4],
      [START, 0],
    ]);
  });

  it('abandons a look that fails only when nothing would be healed any more', async () => {
    let failures = 0;
    const failing = queueWith({
      heal: () => {
        failures += 1;
        return failures > 10 ? Promise.resolve(FOUND_NOTHING) : Promise.reject(new Error('down'));
      },
      retryMs: 0.01,
    });
    failing.add(lookAt('c1'));
    await untilTrue(() => failing.size === 0);
    expect([failures, settled]).toEqual([11, [FOUND_NOTHING]]);

    settled = [];
    const hopeless = queueWith({ heal: () => Promise.reject(new Error('down')), clock: () => (now += 900_000) });
    hopeless.add(lookAt('c1'));
    await untilTrue(() => hopeless.size === 0);
    expect(settled).toEqual([null]);
    expect(now - START).toBeGreaterThan(3_600_000);
  });

  it('releases the claims of looks that have not ended in time, and not a second time when they end', async () => {
    const marks = new LocalLookClaims();
    const { opened, open } = gate();
    const queue = queueWith({
      marks,
      heal: async (conversationId) => {
        healed.push(conversationId);
        await opened;
        return FOUND_NOTHING;
      },
    });
    queue.add(lookAt('c1'));
    await untilTrue(() => healed.length === 1);
    const closing = queue.close();
    await queue.releaseClaims();
    // Another gateway is looking at it now.
    expect(await marks.claim('c1', new Date(START), new Date(now))).toBe('claimed');
    open();
    await closing;
    expect(await marks.claim('c1', new Date(START), new Date(now))).toBe('busy');
  });

  it('looks again where that was asked for during the look', async () => {
    const { opened, open } = gate();
    const sinces: number[] = [];
    const queue = queueWith({
      clock: () => (now += 1),
      heal: async (_id, { since }) => {
        sinces.push(since.getTime() - START);
        if (sinces.length === 1) await opened;
        return FOUND_NOTHING;
      },
    });
    queue.add(lookAt('c1'));
    await untilTrue(() => sinces.length === 1);
    // Later than the look began, from earlier on.
    now += 100;
    queue.add(lookAt('c1', { since: new Date(START - 50), requestedAt: new Date(now) }));
    open();
    await untilTrue(() => queue.size === 0);
    expect(sinces).toEqual([0, -50]);
    expect(settled).toEqual([FOUND_NOTHING, FOUND_NOTHING]);
  });

  it('makes a complete look for a gap and an ended conversation if that is worthwhile, else only what shows whether anything has happened', async () => {
    for (const worthwhile of [true, false]) {
      const requests: (boolean | undefined)[] = [];
      const queue = queueWith({
        isWorthwhile: ({ reason }) => Promise.resolve(reason !== 'gap' || worthwhile),
        heal: (_id, { isEnded }) => {
          requests.push(isEnded);
          return Promise.resolve(FOUND_NOTHING);
        },
        workers: 1,
      });
      queue.add(lookAt('first'));
      for (const look of [lookAt('c1'), lookAt('c1', { reason: 'listed', isEnded: true })]) queue.add(look);
      queue.add(lookAt('c2', { reason: 'listed', isEnded: true }));
      for (const look of [lookAt('c3'), lookAt('c3', { reason: 'listed' })]) queue.add(look);
      await untilTrue(() => queue.size === 0);
      expect(requests).toEqual([...(worthwhile ? [false] : []), !worthwhile, true, false]);
    }
  });

  it('spares what is not worthwhile', async () => {
    const queue = queueWith({ isWorthwhile: () => Promise.resolve(false) });
    queue.add(lookAt('c1'));
    await untilTrue(() => queue.size === 0);
    expect([healed, settled]).toEqual([[], [null]]);
  });
});
