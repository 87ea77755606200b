import fc from 'fast-check';
import type { NamedMessage } from '../../../src/domain/message.js';
import type { Section } from '../../../src/domain/window.js';
import { connection, positionCursor, toWindow } from '../../../src/resolvers/connections.js';
import type { ConnectionArgs } from '../../../src/schema/connection-args.js';
import type { ConnectionOf } from '../../../src/schema/connection.js';
import { MessageWorld } from './message-world.js';
import type { Listing, WorldOptions } from './message-world.js';

const LIST = 'messages';

/** How the test reads one page, and what happens before it. */
interface Step {
  readonly size: number;
  readonly meanwhile: 'nothing' | 'say' | 'list' | 'say and list';
}

interface Story extends WorldOptions {
  /** Messages before the first page is read, those of them that the upstream lists, and those of them that no event has announced. */
  readonly length: number;
  readonly unlisted: number;
  readonly unheard: number;
  readonly gapsMs: readonly number[];
  readonly direction: 'forward' | 'backward';
  readonly section: { readonly from: number; readonly length: number | null } | null;
  /** After, or before, which message the reader begins. Null for the list's start or end. */
  readonly position: number | null;
  readonly steps: readonly Step[];
}

const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(100, 99, 50));
const step: fc.Arbitrary<Step> = fc.record({
  size,
  meanwhile: fc.constantFrom('nothing', 'nothing', 'say', 'list', 'say and list'),
});
const story: fc.Arbitrary<Story> = fc.record({
  listing: fc.constantFrom<Listing>('pages', 'whole'),
  eventsAheadMs: fc.integer({ min: -9_000, max: 9_000 }),
  length: fc.integer({ min: 0, max: 330 }),
  unlisted: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
  unheard: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 330 })),
  gapsMs: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 }),
  direction: fc.constantFrom('forward', 'backward'),
  section: fc.option(
    fc.record({ from: fc.integer({ min: 0, max: 200 }), length: fc.option(fc.integer({ min: 0, max: 250 }), { nil: null }) }),
  ),
  position: fc.option(fc.integer({ min: 0, max: 330 })),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
});

function worldOf({ length, unlisted, unheard, gapsMs, ...options }: Story): MessageWorld {
  const world = new MessageWorld(options);
  for (let number = 0; number < length; number += 1) {
    const gap = gapsMs[number % gapsMs.length] ?? 1;
    if (number < unheard && number < length - unlisted) world.sayUnheard(gap);
    else world.say(gap);
  }
  world.list(Math.max(0, length - unlisted - world.listed));
  return world;
}

function happen(world: MessageWorld, { meanwhile }: Step): void {
  if (meanwhile.includes('say')) world.say(700);
  if (meanwhile.includes('list')) world.list(2);
}

/** What lies in the section, of all messages of the world. */
const within = (world: MessageWorld, section: Section | null) =>
  world.texts.slice(section?.from ?? 0, section?.before === null ? undefined : section?.before);

async function page(world: MessageWorld, section: Section | null, args: ConnectionArgs): Promise<ConnectionOf<NamedMessage>> {
  const window = toWindow(LIST, args);
  return connection(LIST, window, await world.window(window, section), (message) => message);
}

/** A section behind the only message: the list has something before it, the section has not. */
const EMPTY_SECTION: typeof story extends fc.Arbitrary<infer T> ? T : never = {
  listing: 'pages',
  eventsAheadMs: 0,
  length: 1,
  unlisted: 0,
  unheard: 0,
  gapsMs: [1],
  direction: 'backward',
  section: { from: 1, length: null },
  position: 0,
  steps: [{ size: 100, meanwhile: 'nothing' }],
};

describe('paging through the messages of a conversation', () => {
  it('shows each message once and in order, in both directions, whatever is said and listed meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (played) => {
        const world = worldOf(played);
        const isForward = played.direction === 'forward';
        const section = sectionOf(played, world);
        const seen: (string | null)[] = [];
        const steps = [...played.steps];
        const { position } = played;
        let atStart: readonly string[] | null = null;
        for (
          let cursor: string | null = position === null ? null : positionCursor(LIST, position), more = true, pages = 0;
          more;
          pages += 1
        ) {
          const next = steps[pages % steps.length] ?? { size: 1, meanwhile: 'nothing' };
          happen(world, next);
          atStart ??= within(world, section);
          world.pagesRead = 0;
          const found: ConnectionOf<NamedMessage> = await page(
            world,
            section,
            isForward ? { first: next.size, after: cursor } : { last: next.size, before: cursor },
          );
          expect(world.pagesRead).toBeLessThanOrEqual(3);
          const texts = found.nodes.map(({ text }) => text);
          if (isForward) seen.push(...texts);
          else seen.unshift(...texts);
          more = isForward ? found.pageInfo.hasNextPage : found.pageInfo.hasPreviousPage;
          cursor = isForward ? found.pageInfo.endCursor : found.pageInfo.startCursor;
          // Who pages on needs a cursor to do so.
          expect({ more, cursor }).toEqual({ more, cursor: more ? expect.any(String) : cursor });
          // Null where the page asked for is empty of itself, and the upstream was not asked.
          expect(found.totalCount ?? Infinity).toBeGreaterThanOrEqual(isForward ? seen.length : texts.length);
        }
        expect(seen).toEqual(
          isForward ? within(world, section).slice(position === null ? 0 : position + 1) : atStart?.slice(0, position ?? undefined),
        );
      }),
      { numRuns: Number(process.env['PAGING_RUNS'] ?? 150), examples: [[EMPTY_SECTION]] },
    );
  });
});

function sectionOf({ section }: Story, world: MessageWorld): Section | null {
  if (section === null) return null;
  const from = Math.min(section.from, world.listed);
  return { from, before: section.length === null ? null : Math.min(from + section.length, world.listed) };
}
