/**
 * The seed that random tests begin with: the variable's; in CI always the same, so that a failure there is of what was changed; elsewhere by the clock, so that each run
 * tries others.
 */
export function firstSeed(variable: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  return process.env['CI'] === 'true' ? 1 : Date.now() % 1_000_000_000;
}
