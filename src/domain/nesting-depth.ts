/** Whether a JSON value nests lists and objects deeper than `maxDepth`. Iterative, so that no depth overflows the stack. */
export function isNestedDeeperThan(maxDepth: number, value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap((one) => Object.values(one) as unknown[]).filter(isNested);
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
