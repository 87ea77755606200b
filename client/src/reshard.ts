/** Where a worker continues: after this cursor, with the conversations of this shard. */
export interface ShardCursor {
  readonly shard: { readonly index: number; readonly count: number };
  /** The cursor of the last event handled, or `latestCursor` or `endCursor` where there was none. */
  after: string;
}

/** The most shards that the gateway takes. */
const MAX_SHARDS = 1_024;

/**
 * What each of `workers` workers is to follow, so that nothing is lost or repeated after their number has changed. Conversations are divided into shards so fine that each belongs
 * to one old shard, whose cursor is valid for it, and to one new worker: 12 for 4 workers that become 3. Those of a worker that stand at the same cursor are one again.
 *
 * @param cursors what all workers before have kept: every conversation is in exactly one of the shards
 * @returns one list for each worker, each entry for a subscription (`shard`, `after`) or an `eventFeed` of its own
 * @throws RangeError if the shards overlap or leave conversations out, or if more than 1,024 would be needed: choose a number with which the counts so far have more divisors in common
 */
export function reshard(cursors: readonly ShardCursor[], workers: number): ShardCursor[][] {
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_SHARDS)
    throw new RangeError(`The number of workers must be between 1 and ${MAX_SHARDS}; got ${workers}.`);
  const finest = [workers, ...cursors.map(({ shard }) => shard.count)].reduce(leastCommonMultiple);
  if (finest > MAX_SHARDS) throw new RangeError(`${finest} shards would be needed; the gateway takes ${MAX_SHARDS}.`);
  const afters = spread(cursors, finest);
  return Array.from({ length: workers }, (_, worker) => join({ index: worker, count: workers }, afters));
}

/** The cursor of each of the finest shards. */
function spread(cursors: readonly ShardCursor[], finest: number): string[] {
  const afters = new Array<string | undefined>(finest).fill(undefined);
  for (const { shard, after } of cursors) {
    if (shard.index < 0 || shard.index >= shard.count) throw new RangeError(`There is no shard ${shard.index} of ${shard.count}.`);
    for (let index = shard.index; index < finest; index += shard.count) {
      if (afters[index] !== undefined) throw new RangeError(`Shard ${shard.index} of ${shard.count} overlaps with another one.`);
      afters[index] = after;
    }
  }
  return afters.map((after, index) => {
    if (after === undefined) throw new RangeError(`Shard ${index} of ${finest} is in none of the shards.`);
    return after;
  });
}

/** A shard as one if all in it stand at the same cursor, otherwise divided by its smallest divisor. */
function join(shard: ShardCursor['shard'], afters: readonly string[]): ShardCursor[] {
  const own = afters.filter((_, index) => index % shard.count === shard.index);
  const [after = ''] = own;
  if (own.every((one) => one === after)) return [{ shard, after }];
  const parts = smallestDivisor(own.length);
  return Array.from({ length: parts }, (_, part) =>
    join({ index: shard.index + part * shard.count, count: parts * shard.count }, afters),
  ).flat();
}

function smallestDivisor(number: number): number {
  let divisor = 2;
  while (number % divisor !== 0) divisor += 1;
  return divisor;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b;
