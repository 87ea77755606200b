import type { RandomSource } from '../random-id.js';
import type { Timers } from '../timers.js';

/** The faults that can be injected: into a `share` of all calls or events, from 0 to 1; or as a random delay of up to so many `ms`. */
export const FAULTS = {
  /** Delays calls. */
  latency: 'ms',
  /** Rejects calls with 429 and `Retry-After: 1`. */
  'rate-limited': 'share',
  /** Rejects calls with 503 without carrying them out. */
  'server-error': 'share',
  /** Carries out calls, then resets the connection. */
  reset: 'share',
  /** Carries out calls, then closes the connection in the middle of the response. */
  'half-answer': 'share',
  /** Never responds to calls. */
  silence: 'share',
  /** Loses the first attempt of events. */
  'event-lost': 'share',
  /** Loses events permanently: they are not sent again. */
  'event-dropped': 'share',
  /** Sends events twice, in parallel. */
  'event-doubled': 'share',
  /** Sends events out of order, up to a second late. */
  'event-reordered': 'share',
  /** Delays events, and the later ones of the conversation with them. */
  'event-delayed': 'ms',
} as const;

export type FaultName = keyof typeof FAULTS;
/** Omitted faults are off. */
export type FaultSettings = Readonly<Partial<Record<FaultName, number>>>;

/** The maximum delay of an event that is sent out of order, in milliseconds. */
const MAX_REORDER_MS = 1_000;
const MAX_DELAY_MS = 60_000;

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

/** The error in the setting of a fault; null if it is valid. */
export function validateFault(name: string, value: number): string | null {
  if (!isFaultName(name)) return `unknown fault ${name}; expected one of ${Object.keys(FAULTS).join(', ')}`;
  const most = FAULTS[name] === 'ms' ? MAX_DELAY_MS : 1;
  return value >= 0 && value <= most ? null : `${name} must be ${FAULTS[name] === 'ms' ? 'milliseconds' : 'a share'} from 0 to ${most}`;
}

/** Reads `name=value` pairs, separated by commas. @throws Error that names the invalid pair */
export function parseFaults(text: string): FaultSettings {
  const entries = text.split(',').map((pair): [string, number] => {
    const [, name = pair.trim(), value = ''] = /^\s*([a-z-]+)=(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    const wrong = value === '' ? `"${name}" is not written as name=number` : validateFault(name, Number(value));
    if (wrong !== null) throw new Error(wrong);
    return [name, Number(value)];
  });
  return Object.fromEntries(entries);
}

/** The active faults. */
export class Faults {
  constructor(
    private settings: FaultSettings,
    private readonly random: RandomSource,
    private readonly timers: Timers,
  ) {}

  get current(): FaultSettings {
    return this.settings;
  }

  /** Replaces all settings. */
  set(settings: FaultSettings): void {
    this.settings = settings;
  }

  /** True if the fault is to be injected this time. */
  roll(name: FaultName): boolean {
    const share = this.settings[name] ?? 0;
    return share > 0 && this.#chance() < share;
  }

  /** Resolves after a random part of the delay; null if there is none. */
  delay(name: FaultName): Promise<void> | null {
    const mostMs = this.settings[name] ?? 0;
    return mostMs === 0 ? null : this.#after(this.#chance() * mostMs);
  }

  /** Resolves after a random delay, for an event that is sent out of order. */
  outOfOrder(): Promise<void> {
    return this.#after(this.#chance() * MAX_REORDER_MS);
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.after(delayMs, resolve);
    });
  }

  /** From 0 to 1, without 1. */
  #chance(): number {
    return Buffer.from(this.random(4)).readUInt32BE() / 2 ** 32;
  }
}
