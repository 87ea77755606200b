import { GatewayError, OutcomeUnknownError } from '../../domain/errors.js';
import type { IdempotentRequest, IdempotencyStore, RequestOutcome } from '../port/idempotency-store.js';

/** Carries out each keyed request at most once. Those that come while the first is under way, to this process, wait for what becomes of it. */
export class IdempotentExecutor {
  readonly #underWay = new Map<string, { readonly input: string; readonly outcome: Promise<string | null> }>();

  constructor(private readonly memory: IdempotencyStore) {}

  /**
   * The outcome of `act`, or the one that the request had before; `null`: its name was used with other input, and nothing is done. Rejects as `act` does, and with
   * `OutcomeUnknownError` where the request was begun before and nothing tells what became of it.
   *
   * @param act rejects with a `GatewayError` other than `OutcomeUnknownError` only where it surely has created nothing
   */
  async run(request: IdempotentRequest, act: () => Promise<RequestOutcome>): Promise<string | null> {
    const first = this.#underWay.get(request.name);
    if (first !== undefined) return first.input === request.input ? first.outcome : null;
    const outcome = this.#claimAndAct(request, act).finally(() => this.#underWay.delete(request.name));
    this.#underWay.set(request.name, { input: request.input, outcome });
    return outcome;
  }

  async #claimAndAct(request: IdempotentRequest, act: () => Promise<RequestOutcome>): Promise<string | null> {
    const claim = await this.memory.claim(request);
    if (claim === 'other-input') return null;
    if (claim === 'unknown') {
      throw new OutcomeUnknownError(
        'This idempotencyKey was used before, and what became of that is not known: it may still be under way.',
      );
    }
    if (claim !== 'claimed') return claim.outcome;
    const outcome = await act().catch(async (error: unknown) => {
      const nothingDone = error instanceof GatewayError && !(error instanceof OutcomeUnknownError);
      // Where it cannot be released it stays unknown, which is true, if not helpful.
      if (nothingDone) await this.memory.release(request.name).catch(() => undefined);
      throw error;
    });
    // It is done, whether that can be noted or not: the caller is told.
    await this.memory.settle(request.name, outcome).catch(() => undefined);
    return outcome.outcome;
  }
}
