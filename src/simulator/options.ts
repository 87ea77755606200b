import type { AgentDelays } from './agents/scripted-agents.js';
import type { CentreEvent } from './centre/centre-event.js';
import type { FaultSettings } from './faults/faults.js';
import type { SigningKey } from './webhook-sender/signing-key.js';
import type { RandomSource } from './random-id.js';
import type { StateFile } from './state/state-file.js';
import type { Timers } from './timers.js';

/** Settings of a simulator; all are optional. */
export interface SimulatorOptions {
  /** `scripted` (the default): agents act on their own. `manual`: they act only through calls to `centre`. */
  readonly agents?: 'scripted' | 'manual';
  readonly agentDelays?: Partial<AgentDelays>;
  /** Milliseconds from creating (or reopening) a conversation until its interaction is queued; 0 by default, which is still after the call was carried out. */
  readonly routingMs?: number;
  /** Receives the events. Without it they are retried until there is one. */
  readonly webhookUrl?: string;
  /**
   * Event format of the demo webhook; `chat-gateway-v1` by default. Both APIs are served in any case, and a webhook that is created or changed through one of
   * them gets events in its format.
   */
  readonly generation?: 'chat-gateway-v1' | 'chat-api-v2';
  /** Random by default. */
  readonly apiKey?: string;
  /** With the key, the credentials for Chat API v2 tokens. Random by default. */
  readonly apiSecret?: string;
  /** Lifetime of those tokens, in seconds; 3,600 by default. */
  readonly tokenLifetimeSeconds?: number;
  /** `acme01` by default. */
  readonly tenantId?: string;
  /** `acme` by default. */
  readonly customerId?: string;
  /** Delays between the delivery attempts of an event, which fails after the last one. */
  readonly retryDelaysMs?: readonly number[];
  /** Timeout of a webhook; 10 s by default. */
  readonly webhookTimeoutMs?: number;
  /** Milliseconds by which event timestamps differ from those in lists; 0 by default. */
  readonly eventSkewMs?: number | ((event: CentreEvent) => number);
  /** Faults to inject from the start. */
  readonly faults?: FaultSettings;
  /** Keeps the state across restarts; without it a restarted simulator is a new one. Closed with the simulator. */
  readonly state?: StateFile;
  /** Signs the events; by default a new key, which takes a moment to generate. */
  readonly signingKey?: SigningKey;
  /** The current time, in epoch milliseconds. */
  readonly clock?: () => number;
  readonly timers?: Timers;
  readonly random?: RandomSource;
}
