import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.js';
import { UpstreamBusyError, CircuitOpenError, UpstreamUnavailableError } from '../../domain/errors.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { CallAbort } from './lightweight-abort-signal.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** When no answer at all has come for so long, to so many calls, the upstream is taken for dead long before each call's own time is over. */
const SILENT_MS = 600;
const SILENT_CALLS = 20;
const SILENCE_CHECK_MS = 100;
/** What failed after so long is not tried again: its caller has waited enough. */
const RETRY_WITHIN_MS = 1_000;
/** So many times the calls under way may wait: a burst of some hundred queries is served, if later. */
const QUEUE_FACTOR = 16;
/** Who has waited so long for his turn, or would have to, is refused: a third of the time of a whole request. */
const QUEUED_MS = 5_000;
/** The same when more has come for as long than the upstream answers. */
const OVERLOAD_WAIT_MS = 1_000;
/** A caller that is refused may come back then. */
const RETRY_AFTER_MS = 1_000;
/** The pause before a read is tried once more, twice more: anything up to this. */
const RETRY_DELAYS_MS = [50, 250];

export interface UpstreamGuardOptions {
  readonly clock: Clock;
  /** How many calls may be under way; 16 times as many may wait. Default: 128. */
  readonly inFlight?: number;
  /** How long one may wait, and how long once some have been waiting for all that time, in milliseconds. Default: 5,000 and 1,000. */
  readonly queuedMs?: number;
  readonly standingMs?: number;
  /** How many calls the circuit judges by. Default: 20. */
  readonly judgedCalls?: number;
  /** The longest pause before each further try of a read; an empty list: each call once. */
  readonly retryDelaysMs?: readonly number[];
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly onCircuit?: (open: boolean) => void;
  readonly onRetry?: () => void;
  /** More comes than the upstream answers, and the first call is turned away for that; and again, when one finds room at once. */
  readonly onBusy?: (busy: boolean) => void;
}

export interface UpstreamStats {
  readonly circuitOpen: boolean;
  readonly inFlight: number;
  readonly queued: number;
}

/** One exchange with the upstream; `givingUp` is aborted when nobody waits for its answer any more. Rejects with a fault where no whole answer came. */
export type Exchange = (givingUp: CallAbort) => Promise<UpstreamAnswer>;

interface UnderWay {
  readonly since: number;
  /** Null: its caller must wait, since something may have been changed. */
  givingUp: CallAbort | null;
}

/**
 * Stands before every call to one upstream (ADR 7). Bounds the calls under way; tries a read again that failed at once; stops calling an upstream that is down, and finds out
 * when it is back by sending the last read again, for which nobody waits.
 */
export class ResiliencePolicy {
  readonly #options: UpstreamGuardOptions;
  readonly #circuit: CircuitBreaker;
  readonly #slots: ConcurrencyLimiter;
  readonly #underWay = new Set<UnderWay>();
  #lastRead: Exchange | null = null;
  #lastResponseAt = 0;
  #listening: NodeJS.Timeout | null = null;
  #lastCheckAt = 0;
  #busy = false;

  constructor(options: UpstreamGuardOptions) {
    this.#options = options;
    const { inFlight = 128, queuedMs = QUEUED_MS, standingMs = OVERLOAD_WAIT_MS, clock } = options;
    this.#slots = new ConcurrencyLimiter({ inFlight, queued: QUEUE_FACTOR * inFlight, queuedMs, overloadWaitMs: standingMs, clock });
    const onChange = (open: boolean) => {
      if (open) this.#slots.clear();
      options.onCircuit?.(open);
    };
    this.#circuit = new CircuitBreaker(options.clock, onChange, options.judgedCalls);
  }

  /** How it stands now. */
  stats(): UpstreamStats {
    return { circuitOpen: this.#circuit.open, inFlight: this.#slots.taken, queued: this.#slots.queued };
  }

  /** Throws `UpstreamNotCalledError`, with the time to come back, while the upstream is down. */
  admit(): void {
    if (!this.#circuit.open) return;
    if (this.#circuit.probeDue()) {
      // Before there was any read, whoever comes has to find out.
      if (this.#lastRead === null) return;
      this.#exchange(this.#lastRead, true).catch(() => undefined);
    }
    throw notCalled();
  }

  /** A call that changes something: once, and not at all where the upstream is down or too many calls wait. */
  async change(exchange: Exchange): Promise<UpstreamAnswer> {
    return await this.#once(exchange, false);
  }

  /** A read: again where it failed at once by what may have passed, and the upstream did not say when to come back. */
  async read(exchange: Exchange): Promise<UpstreamAnswer> {
    this.#lastRead = exchange;
    const { retryDelaysMs = RETRY_DELAYS_MS, random = Math.random, onRetry, clock } = this.#options;
    const started = clock();
    for (const delayMs of retryDelaysMs) {
      try {
        const answer = await this.#once(exchange, true);
        if (!isPassing(answer) || clock() - started > RETRY_WITHIN_MS) return answer;
      } catch (error) {
        if (!isPassingFault(error) || clock() - started > RETRY_WITHIN_MS) throw error;
      }
      onRetry?.();
      await pause(random() * delayMs);
    }
    return this.#once(exchange, true);
  }

  /** Whether the upstream has gone silent: then it is taken to be down, and those who wait for a read are told. Called by itself while calls are under way. */
  checkForSilence(): void {
    const now = this.#options.clock();
    const isSilent = now - this.#lastResponseAt > SILENT_MS;
    const waiting = [...this.#underWay].filter(({ since }) => now - since > SILENT_MS);
    if (!isSilent || waiting.length < SILENT_CALLS) return;
    this.#circuit.trip();
    for (const { givingUp } of this.#underWay) givingUp?.abort('SILENT');
  }

  #once(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    this.admit();
    if (!this.#slots.tryAcquire()) return this.#queued(exchange, isAbandonable);
    this.#tellBusy(false);
    return this.#inSlot(exchange, isAbandonable);
  }

  async #queued(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    if (await this.#slots.acquire()) return this.#inSlot(exchange, isAbandonable);
    if (this.#circuit.open) throw notCalled();
    this.#tellBusy(true);
    throw busy(Math.min(this.#slots.waitMs, this.#options.queuedMs ?? QUEUED_MS));
  }

  #tellBusy(busy: boolean): void {
    if (this.#busy === busy) return;
    this.#busy = busy;
    this.#options.onBusy?.(busy);
  }

  #inSlot(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    const began = this.#options.clock();
    const answer = this.#exchange(exchange, isAbandonable);
    const leave = () => this.#slots.release(this.#options.clock() - began);
    answer.then(leave, leave);
    return answer;
  }

  async #exchange(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    const givingUp = new CallAbort();
    const underWay = { since: this.#options.clock(), givingUp: isAbandonable ? givingUp : null };
    this.#begin(underWay);
    try {
      const answer = await exchange(givingUp);
      this.#lastResponseAt = this.#options.clock();
      if (isBroken(answer)) this.#circuit.failed();
      else this.#circuit.answered();
      return answer;
    } catch (error) {
      this.#circuit.failed();
      throw givingUp.reason === 'SILENT' ? refused('the upstream is silent') : error;
    } finally {
      this.#end(underWay);
    }
  }

  #begin(underWay: UnderWay): void {
    this.#underWay.add(underWay);
    if (this.#listening !== null) return;
    this.#lastCheckAt = this.#options.clock();
    this.#listening = setInterval(() => {
      const lateMs = this.#options.clock() - this.#lastCheckAt - SILENCE_CHECK_MS;
      this.#lastCheckAt = this.#options.clock();
      // Who was asleep himself cannot tell silence: answers may lie there unread.
      if (lateMs < SILENCE_CHECK_MS) this.checkForSilence();
    }, SILENCE_CHECK_MS).unref();
  }

  #end(underWay: UnderWay): void {
    this.#underWay.delete(underWay);
    // As in `SharedReads`: a set's former tables may hold what it held for long.
    underWay.givingUp = null;
    if (this.#underWay.size > 0 || this.#listening === null) return;
    clearInterval(this.#listening);
    this.#listening = null;
  }
}

const MESSAGE = 'The contact centre is not available at the moment.';

function refused(line: string): UpstreamUnavailableError {
  return new UpstreamUnavailableError(MESSAGE, RETRY_AFTER_MS, { cause: new Error(line) });
}

function notCalled(): CircuitOpenError {
  return new CircuitOpenError(MESSAGE, RETRY_AFTER_MS, { cause: new Error('the upstream is down: not called') });
}

function busy(waitMs: number): UpstreamBusyError {
  const message = 'The contact centre is asked for more than it answers at the moment.';
  return new UpstreamBusyError(message, Math.max(RETRY_AFTER_MS, waitMs), { cause: new Error('too many calls wait for their turn') });
}

/** The upstream, or what stands before it, says that it does not work now. (501: that it never will.) */
const isBroken = ({ status }: UpstreamAnswer): boolean => status >= 500 && status !== 501;

/** It may go better at once. Not after a time-out, and not where a time to come back was told. */
const isPassing = (answer: UpstreamAnswer): boolean => isBroken(answer) && answer.retryAfterMs === null;
const isPassingFault = (error: unknown): boolean => error instanceof UpstreamUnavailableError && error.retryAfterMs === null;
