import type { Finding, CheckResult } from './finding.js';
import type { Probe } from './diagnostic-client.js';

export type Check = readonly [name: string, check: () => Promise<CheckResult> | CheckResult];
export type Note = (check: string, verdict: CheckResult) => void;

/** What a checkup of any generation is given. */
export interface CheckupOptions {
  /** Where this gateway takes events; null where that is not known. */
  readonly webhookUrl: string | null;
  /** A word that surely nobody uses, of characters that need no encoding. */
  readonly nonsense: string;
}

/**
 * Makes one check after the other and tells each finding as it is made; none but those of `access` where that finds the gateway not let in.
 *
 * @param access notes whether credentials and tenant are taken; resolves with whether anything else can be told
 */
export async function runChecks(
  probe: Probe,
  access: (note: Note) => Promise<boolean>,
  checks: () => Promise<readonly Check[]>,
  tell: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note: Note = (check, verdict) => {
    const finding = { check, ...verdict };
    findings.push(finding);
    tell(finding);
  };
  try {
    if (await access(note)) for (const [name, check] of await checks()) note(name, await check());
    return findings;
  } finally {
    probe.close();
  }
}
