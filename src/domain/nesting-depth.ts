/** Whether lists and objects of a value that was read from JSON are nested in more levels than `levels`. Calls itself for none of them, so that no depth exhausts the stack. */
export function isNestedDeeperThan(levels: number, value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((one) => Object.values(one) as unknown[]).filter(isNested);
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
