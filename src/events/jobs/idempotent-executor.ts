import { GatewayError, OutcomeUnknownError } from '../../domain/errors.js';
import type { IdempotentRequest, IdempotencyStore, RequestOutcome } from '../port/idempotency-store.js';

/** Executes each idempotent request at most once. Concurrent repeats in this process share the first one's outcome. */
export class IdempotentExecutor {
  readonly #inFlight = new Map<string, { readonly input: string; readonly outcome: Promise<string | null> }>();

  constructor(private readonly store: IdempotencyStore) {}

  /**
   * Returns the outcome of `execute`, or the recorded one; null if the key was used with other input, and nothing is done. Rejects as
   * `execute` does, and with `OutcomeUnknownError` if the request was started before and its outcome is not recorded.
   *
   * @param execute rejects with a `GatewayError` other than `OutcomeUnknownError` only if it has certainly created nothing
   */
  async run(request: IdempotentRequest, execute: () => Promise<RequestOutcome>): Promise<string | null> {
    const inFlight = this.#inFlight.get(request.name);
    if (inFlight !== undefined) return inFlight.input === request.input ? inFlight.outcome : null;
    const outcome = this.#claimAndExecute(request, execute).finally(() => this.#inFlight.delete(request.name));
    this.#inFlight.set(request.name, { input: request.input, outcome });
    return outcome;
  }

  async #claimAndExecute(request: IdempotentRequest, execute: () => Promise<RequestOutcome>): Promise<string | null> {
    const claim = await this.store.claim(request);
    if (claim === 'other-input') return null;
    if (claim === 'unknown') {
      throw new OutcomeUnknownError(
        'This idempotencyKey was used before, and the outcome is unknown: that request may still be in flight.',
      );
    }
    if (claim !== 'claimed') return claim.outcome;
    const outcome = await execute().catch(async (error: unknown) => {
      const nothingDone = error instanceof GatewayError && !(error instanceof OutcomeUnknownError);
      // If it cannot be released, its outcome stays unknown, which is still correct.
      if (nothingDone) await this.store.release(request.name).catch(() => undefined);
      throw error;
    });
    // It was executed; the caller gets the outcome even if it cannot be recorded.
    await this.store.settle(request.name, outcome).catch(() => undefined);
    return outcome.outcome;
  }
}
