import { setTimeout as pause } from 'node:timers/promises';
import { CircuitOpenError } from '../../domain/errors.js';
import type { CallGuard } from './call-guard.js';
import type { Exchange, ResiliencePolicy } from './resilience-policy.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** How often it is asked whether users' calls still wait. */
const BUSY_MS = 100;
/** While the circuit is open, one call is made so often, since there may be no user whose call finds out that the upstream is back. */
const PROBE_MS = 5_000;

export interface LowPriorityGuardOptions {
  /** What users' calls pass. */
  readonly policy: Pick<ResiliencePolicy, 'admit' | 'readOnce' | 'change' | 'pressure'>;
  /** Takes one call of the budget: resolves with 0 if there is one, or with how long to wait until there may be, in milliseconds. */
  readonly takeCall: () => Promise<number>;
  /** Aborted when nothing is to be sent any more: whoever waits then is rejected. */
  readonly signal: AbortSignal;
}

/**
 * Sends calls that nobody waits for: each within a budget, and none while users' calls wait for a slot or take half of them, while the circuit
 * is open, or after a 429 until its retry-after. Nothing is retried.
 */
export class LowPriorityGuard implements CallGuard {
  constructor(private readonly options: LowPriorityGuardOptions) {}

  admit(): void {
    this.options.policy.admit();
  }

  async read(exchange: Exchange): Promise<UpstreamAnswer> {
    await this.#turn();
    return this.options.policy.readOnce(exchange);
  }

  async change(exchange: Exchange): Promise<UpstreamAnswer> {
    await this.#turn();
    return this.options.policy.change(exchange);
  }

  async #turn(): Promise<void> {
    const { policy, takeCall } = this.options;
    for (;;) {
      if (this.options.signal.aborted) throw notSent();
      const { isDown, isBusy, limitedMs } = policy.pressure();
      const waitMs = limitedMs > 0 ? limitedMs : isBusy ? BUSY_MS : await takeCall();
      if (waitMs > 0) await this.#pause(waitMs);
      else if (!isDown || this.#mayProbe()) return;
      else await this.#pause(PROBE_MS);
    }
  }

  /** Whether the upstream may be called although the circuit is open. The policy sends an earlier read again, in place of ours. */
  #mayProbe(): boolean {
    try {
      this.options.policy.admit();
      return true;
    } catch {
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    return pause(ms, undefined, { ref: false, signal: this.options.signal }).catch(() => {
      throw notSent();
    });
  }
}

const notSent = () =>
  new CircuitOpenError('The gateway is shutting down.', null, { cause: new Error('the gateway is shutting down: not called') });
