import type { AgentDelays } from './agents/scripted-agents.js';
import type { CentreEvent } from './centre/centre-event.js';
import type { FaultSettings } from './faults/faults.js';
import type { SigningKey } from './webhook-sender/signing-key.js';
import type { RandomSource } from './random-id.js';
import type { Timers } from './timers.js';

/** How a simulator is to be; everything has a default. */
export interface SimulatorOptions {
  /** `scripted` (the default): agents work by themselves. `manual`: they do what `centre` is told, and nothing else. */
  readonly agents?: 'scripted' | 'manual';
  readonly agentDelays?: Partial<AgentDelays>;
  /** From creation (or reopening) until an interaction stands in its queue; 0 by default, which is still after the call has been acted upon. */
  readonly routingMs?: number;
  /** Where events go; they wait (as far as retries last) while there is none. */
  readonly webhookUrl?: string;
  /**
   * In which generation's format its own webhook wants events; `chat-gateway-v1` by default. Both generations answer, whichever it is, and a webhook that is
   * made or changed through one of them gets that one's events.
   */
  readonly generation?: 'chat-gateway-v1' | 'chat-api-v2';
  /** Random by default. */
  readonly apiKey?: string;
  /** With the key, what the older generation's tokens are given for. Random by default. */
  readonly apiSecret?: string;
  /** How long those tokens last, in seconds; 3,600 by default. */
  readonly tokenLifetimeSeconds?: number;
  /** `acme01` by default. */
  readonly tenantId?: string;
  /** `acme` by default. */
  readonly customerId?: string;
  /** The waits between the tries of an event; it is given up after the last. */
  readonly retryDelaysMs?: readonly number[];
  /** How long a webhook may be silent; 10 s by default. */
  readonly webhookTimeoutMs?: number;
  /** How far the times of events are off those of the lists; 0 by default. */
  readonly eventSkewMs?: number | ((event: CentreEvent) => number);
  /** What goes wrong at random, from the start. */
  readonly faults?: FaultSettings;
  /** The key that events are signed with; by default a new one, which takes a moment to make. */
  readonly signingKey?: SigningKey;
  /** Epoch milliseconds now. */
  readonly clock?: () => number;
  readonly timers?: Timers;
  readonly random?: RandomSource;
}
