import type { RandomSource } from '../random-id.js';
import type { Timers } from '../timers.js';

/** What can go wrong, on demand: `share` of all calls or events, from 0 to 1; or a delay in `ms`, of which each takes a random part. */
export const FAULTS = {
  /** Calls take longer. */
  latency: 'ms',
  /** Calls are refused with 429 and `Retry-After: 1`. */
  'rate-limited': 'share',
  /** Calls are refused with 503, and nothing was done. */
  'server-error': 'share',
  /** Calls are carried out and answered with a connection that breaks. */
  reset: 'share',
  /** Calls are carried out, and the connection breaks in the middle of the answer. */
  'half-answer': 'share',
  /** Calls are never answered. */
  silence: 'share',
  /** Events do not arrive until they are tried again. */
  'event-lost': 'share',
  /** Events are sent twice at once. */
  'event-doubled': 'share',
  /** Events step out of line and come up to a second later than those after them. */
  'event-reordered': 'share',
  /** Events, and those after them in a conversation, come later. */
  'event-delayed': 'ms',
} as const;

export type FaultName = keyof typeof FAULTS;
/** Those that are not named do not happen. */
export type FaultSettings = Readonly<Partial<Record<FaultName, number>>>;

/** How long an event out of line may take, in milliseconds. */
const OUT_OF_LINE_MS = 1_000;
const MAX_DELAY_MS = 60_000;

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

/** What is wrong with the setting of one fault; null where nothing is. */
export function validateFault(name: string, value: number): string | null {
  if (!isFaultName(name)) return `there is no fault ${name}; there are: ${Object.keys(FAULTS).join(', ')}`;
  const most = FAULTS[name] === 'ms' ? MAX_DELAY_MS : 1;
  return value >= 0 && value <= most ? null : `${name} takes ${FAULTS[name] === 'ms' ? 'milliseconds' : 'a share'} from 0 to ${most}`;
}

/** Reads `name=value` pairs, separated by commas. @throws Error in words for whoever wrote them */
export function parseFaults(text: string): FaultSettings {
  const entries = text.split(',').map((pair): [string, number] => {
    const [, name = pair.trim(), value = ''] = /^\s*([a-z-]+)=(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    const wrong = value === '' ? `"${name}" is not written as name=number` : validateFault(name, Number(value));
    if (wrong !== null) throw new Error(wrong);
    return [name, Number(value)];
  });
  return Object.fromEntries(entries);
}

/** The faults in force. */
export class Faults {
  constructor(
    private settings: FaultSettings,
    private readonly random: RandomSource,
    private readonly timers: Timers,
  ) {}

  get current(): FaultSettings {
    return this.settings;
  }

  /** In the place of those before. */
  set(settings: FaultSettings): void {
    this.settings = settings;
  }

  /** Whether it happens this time. */
  roll(name: FaultName): boolean {
    const share = this.settings[name] ?? 0;
    return share > 0 && this.#chance() < share;
  }

  /** Resolves after a part of the delay; null: there is none. */
  delay(name: FaultName): Promise<void> | null {
    const mostMs = this.settings[name] ?? 0;
    return mostMs === 0 ? null : this.#after(this.#chance() * mostMs);
  }

  /** How long something takes that has stepped out of line. */
  outOfOrder(): Promise<void> {
    return this.#after(this.#chance() * OUT_OF_LINE_MS);
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
