import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.js';
import { UpstreamBusyError, CircuitOpenError, UpstreamUnavailableError } from '../../domain/errors.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CallGuard } from './call-guard.js';
import { CallAbort } from './lightweight-abort-signal.js';
import { SilenceThreshold } from './silence-threshold.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** If no answer at all has arrived to so many calls for as long as `SilenceThreshold` says, the upstream is considered down long before each call's own timeout. */
const SILENT_CALLS = 20;
const SILENCE_CHECK_MS = 100;
/** What failed after so long is not tried again: its caller has waited enough. */
const RETRY_WITHIN_MS = 1_000;
/** How many calls may be in flight. */
const IN_FLIGHT = 128;
/** How many calls may wait, as a multiple of those in flight: a burst of some hundred queries is served, if later. */
const QUEUE_FACTOR = 16;
/** A call that has waited so long for a slot, or would have to, is rejected: a third of the time of a whole request. */
const QUEUED_MS = 5_000;
/** The same if more calls than the upstream answers have arrived for that long. */
const OVERLOAD_WAIT_MS = 1_000;
/** When a rejected caller may retry, and how long a 429 without a time to retry counts. */
const RETRY_AFTER_MS = 1_000;
/** The pause before a read is tried once more, twice more: anything up to this. */
const RETRY_DELAYS_MS = [50, 250];

export interface ResiliencePolicyOptions {
  readonly clock: Clock;
  /** How many calls may be in flight; 16 times as many may wait. Default: 128. */
  readonly inFlight?: number;
  /** How long one may wait, and how long once some have been waiting for all that time, in milliseconds. Default: 5,000 and 1,000. */
  readonly queuedMs?: number;
  readonly overloadWaitMs?: number;
  /** How many calls the circuit judges by. Default: 20. */
  readonly judgedCalls?: number;
  /** The longest pause before each further try of a read; an empty list: each call once. */
  readonly retryDelaysMs?: readonly number[];
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly onCircuit?: (open: boolean) => void;
  readonly onRetry?: () => void;
  /** Called with true when the first call is rejected for overload, and with false when a call gets a slot immediately again. */
  readonly onBusy?: (busy: boolean) => void;
}

export interface UpstreamStats {
  readonly circuitOpen: boolean;
  readonly inFlight: number;
  readonly queued: number;
}

/** What speaks against a call that nobody waits for. */
export interface UpstreamPressure {
  /** The circuit is open. */
  readonly isDown: boolean;
  /** Calls wait for a slot, or take half of them. */
  readonly isBusy: boolean;
  /** For how long the upstream wants no calls, by the last 429, in milliseconds. */
  readonly limitedMs: number;
}

/**
 * One exchange with the upstream; `callAbort` is aborted once nobody waits for its answer. `isProbe`: its caller has been answered, and it is sent again to find out whether the
 * upstream is back. Rejects if there is no complete answer.
 */
export type Exchange = (callAbort: CallAbort, isProbe: boolean) => Promise<UpstreamAnswer>;

interface CallInFlight {
  readonly since: number;
  /** Null if its caller must wait, since something may have been changed. */
  callAbort: CallAbort | null;
}

/**
 * Guards every call to one upstream (ADR 7). Bounds the calls in flight; retries a read that failed immediately; stops calling an upstream that is down, and finds out
 * when it is back by sending the last read again, for which nobody waits.
 */
export class ResiliencePolicy implements CallGuard {
  readonly #options: ResiliencePolicyOptions;
  readonly #circuit: CircuitBreaker;
  readonly #slots: ConcurrencyLimiter;
  readonly #inFlight = new Set<CallInFlight>();
  #lastRead: Exchange | null = null;
  #lastResponseAt = 0;
  readonly #silence = new SilenceThreshold();
  #silenceCheck: NodeJS.Timeout | null = null;
  #lastCheckAt = 0;
  #busy = false;
  /** Until when the upstream wants no calls, epoch milliseconds. */
  #limitedUntil = 0;

  constructor(options: ResiliencePolicyOptions) {
    this.#options = options;
    const { inFlight = IN_FLIGHT, queuedMs = QUEUED_MS, overloadWaitMs = OVERLOAD_WAIT_MS, clock } = options;
    this.#slots = new ConcurrencyLimiter({ inFlight, queued: QUEUE_FACTOR * inFlight, queuedMs, overloadWaitMs, clock });
    const onChange = (open: boolean) => {
      if (open) this.#slots.clear();
      options.onCircuit?.(open);
    };
    this.#circuit = new CircuitBreaker(options.clock, onChange, options.judgedCalls);
  }

  /** How it stands now. */
  stats(): UpstreamStats {
    return { circuitOpen: this.#circuit.open, inFlight: this.#slots.inFlight, queued: this.#slots.queued };
  }

  pressure(): UpstreamPressure {
    const { inFlight = IN_FLIGHT, clock } = this.#options;
    const isBusy = this.#slots.queued > 0 || this.#slots.inFlight * 2 > inFlight;
    return { isDown: this.#circuit.open, isBusy, limitedMs: Math.max(0, this.#limitedUntil - clock()) };
  }

  /** Throws `CircuitOpenError`, with the time to retry, while the upstream is down. */
  admit(): void {
    if (!this.#circuit.open) return;
    if (this.#circuit.probeDue()) {
      // Without a read to probe with, the call itself shows whether the upstream is back.
      if (this.#lastRead === null) return;
      this.#exchange(this.#lastRead, true, true).catch(() => undefined);
    }
    throw notCalled();
  }

  /** A call that changes something: once, and not at all where the upstream is down or too many calls wait. */
  async change(exchange: Exchange): Promise<UpstreamAnswer> {
    return await this.#once(exchange, false);
  }

  /** A read, retried if it failed immediately for a transient reason, and the upstream sent no time to retry. */
  async read(exchange: Exchange): Promise<UpstreamAnswer> {
    this.#lastRead = exchange;
    const { retryDelaysMs = RETRY_DELAYS_MS, random = Math.random, onRetry, clock } = this.#options;
    const started = clock();
    for (const delayMs of retryDelaysMs) {
      try {
        const answer = await this.#once(exchange, true);
        if (!isTransient(answer) || clock() - started > RETRY_WITHIN_MS) return answer;
      } catch (error) {
        if (!isTransientError(error) || clock() - started > RETRY_WITHIN_MS) throw error;
      }
      onRetry?.();
      await pause(random() * delayMs);
    }
    return this.#once(exchange, true);
  }

  /** A read that is not retried. */
  async readOnce(exchange: Exchange): Promise<UpstreamAnswer> {
    this.#lastRead = exchange;
    return await this.#once(exchange, true);
  }

  /** Checks whether the upstream has gone silent: then it is considered down, and pending reads are rejected. Schedules itself while calls are in flight. */
  checkForSilence(): void {
    const now = this.#options.clock();
    const silentMs = this.#silence.ms;
    const isSilent = now - this.#lastResponseAt > silentMs;
    const waiting = [...this.#inFlight].filter(({ since }) => now - since > silentMs);
    if (!isSilent || waiting.length < SILENT_CALLS) return;
    this.#circuit.trip();
    for (const { callAbort } of this.#inFlight) callAbort?.abort('SILENT');
  }

  #once(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    this.admit();
    if (!this.#slots.tryAcquire()) return this.#queued(exchange, isAbandonable);
    this.#reportBusy(false);
    return this.#inSlot(exchange, isAbandonable);
  }

  async #queued(exchange: Exchange, isAbandonable: boolean): Promise<UpstreamAnswer> {
    if (await this.#slots.acquire()) return this.#inSlot(exchange, isAbandonable);
    if (this.#circuit.open) throw notCalled();
    this.#reportBusy(true);
    throw busy(Math.min(this.#slots.waitMs, this.#options.queuedMs ?? QUEUED_MS));
  }

  #reportBusy(busy: boolean): void {
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

  async #exchange(exchange: Exchange, isAbandonable: boolean, isProbe = false): Promise<UpstreamAnswer> {
    const callAbort = new CallAbort();
    const call = { since: this.#options.clock(), callAbort: isAbandonable ? callAbort : null };
    this.#begin(call);
    try {
      const answer = await exchange(callAbort, isProbe);
      this.#lastResponseAt = this.#options.clock();
      this.#silence.answered(this.#lastResponseAt - call.since);
      if (answer.status === 429) this.#limitedUntil = this.#lastResponseAt + (answer.retryAfterMs ?? RETRY_AFTER_MS);
      if (isBroken(answer)) this.#circuit.failed();
      else this.#circuit.answered();
      return answer;
    } catch (error) {
      this.#circuit.failed();
      throw callAbort.reason === 'SILENT' ? downError('the upstream is silent') : error;
    } finally {
      this.#end(call);
    }
  }

  #begin(call: CallInFlight): void {
    this.#inFlight.add(call);
    if (this.#silenceCheck !== null) return;
    this.#lastCheckAt = this.#options.clock();
    this.#silenceCheck = setInterval(() => {
      const lateMs = this.#options.clock() - this.#lastCheckAt - SILENCE_CHECK_MS;
      this.#lastCheckAt = this.#options.clock();
      // If this process was suspended itself, silence means nothing: answers may be waiting unread.
      if (lateMs < SILENCE_CHECK_MS) this.checkForSilence();
    }, SILENCE_CHECK_MS).unref();
  }

  #end(call: CallInFlight): void {
    this.#inFlight.delete(call);
    // As in `SingleFlight`: a set's former tables may hold what it held for long.
    call.callAbort = null;
    if (this.#inFlight.size > 0 || this.#silenceCheck === null) return;
    clearInterval(this.#silenceCheck);
    this.#silenceCheck = null;
  }
}

const MESSAGE = 'The contact centre is not available at the moment.';

function downError(line: string): UpstreamUnavailableError {
  return new UpstreamUnavailableError(MESSAGE, RETRY_AFTER_MS, { cause: new Error(line) });
}

function notCalled(): CircuitOpenError {
  return new CircuitOpenError(MESSAGE, RETRY_AFTER_MS, { cause: new Error('the upstream is down: not called') });
}

function busy(waitMs: number): UpstreamBusyError {
  const message = 'The contact centre is overloaded; retry later.';
  return new UpstreamBusyError(message, Math.max(RETRY_AFTER_MS, waitMs), { cause: new Error('too many calls are waiting') });
}

/** The upstream, or what stands before it, says that it does not work now. (501: that it never will.) */
const isBroken = ({ status }: UpstreamAnswer): boolean => status >= 500 && status !== 501;

/** Whether an immediate retry may succeed. Not after a timeout, and not if the upstream sent a time to retry. */
const isTransient = (answer: UpstreamAnswer): boolean => isBroken(answer) && answer.retryAfterMs === null;
const isTransientError = (error: unknown): boolean => error instanceof UpstreamUnavailableError && error.retryAfterMs === null;
