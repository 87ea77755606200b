import type { Finding, CheckResult } from './finding.js';
import type { Probe } from './diagnostic-client.js';

export type Check = readonly [name: string, check: () => Promise<CheckResult> | CheckResult];
export type Note = (check: string, verdict: CheckResult) => void;

/** Options of a checkup of any generation. */
export interface CheckupOptions {
  /** Where this gateway receives events; null if unknown. */
  readonly webhookUrl: string | null;
  /** A word that surely nobody uses, of characters that need no encoding. */
  readonly nonsense: string;
}

/**
 * Runs the checks in sequence and reports each finding as it is made; only those of `access` if that finds that the gateway has no access.
 *
 * @param access notes whether credentials and tenant are accepted; resolves to whether anything else can be checked
 */
export async function runChecks(
  probe: Probe,
  access: (note: Note) => Promise<boolean>,
  checks: () => Promise<readonly Check[]>,
  onFinding: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note: Note = (check, verdict) => {
    const finding = { check, ...verdict };
    findings.push(finding);
    onFinding(finding);
  };
  try {
    if (await access(note)) for (const [name, check] of await checks()) note(name, await check());
    return findings;
  } finally {
    probe.close();
  }
}
