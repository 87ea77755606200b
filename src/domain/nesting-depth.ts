/** Whether a JSON value nests lists and objects deeper than `maxDepth`. Iterative, so that no depth overflows the stack. */
export function isNestedDeeperThan(maxDepth: number, value: unknown): boolean {
  let level: readonly object[] = isNested(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = nestedIn(level);
  }
  return false;
}

/** By loops: this is asked of the variables of each request. */
function nestedIn(level: readonly object[]): readonly object[] {
  const below: object[] = [];
  for (const one of level) for (const value of Object.values(one)) if (isNested(value)) below.push(value);
  return below;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
