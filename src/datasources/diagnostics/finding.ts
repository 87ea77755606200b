/** What became of one check: the tenant behaves as the adapter of its generation assumes, does not, or could not be seen to. */
export interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'differs' | 'unknown';
  /** In words for operators; never a key, nor anything of a customer. */
  readonly detail: string;
}

export type CheckResult = Omit<Finding, 'check'>;

export const ok = (detail: string): CheckResult => ({ result: 'ok', detail });
export const differs = (detail: string): CheckResult => ({ result: 'differs', detail });
export const unknown = (detail: string): CheckResult => ({ result: 'unknown', detail });
