import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import { createLogger } from '../observability/logger.js';
import type { Logger } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { NO_TELEMETRY } from '../observability/telemetry.js';
import type { Telemetry } from '../observability/telemetry.js';
import type { Overrides } from './overrides.js';
import type { DeliveredSinks } from './deliver-to-sinks.js';

/** What every part of the gateway is built from. */
export interface GatewayRuntime {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
  /** Where clients reach this gateway; empty until it listens, unless it is configured. */
  publicUrl: string;
  /** Whether it is shutting down. */
  draining: boolean;
  /** Null if there are none, or until they are started. */
  sinks: DeliveredSinks | null;
}

/** What all parts of a gateway share: clock, logger, metrics, telemetry and the state of its drain. */
export function createRuntime(config: Config, overrides: Overrides): GatewayRuntime {
  const { clock = Date.now, telemetry = NO_TELEMETRY, logger = createLogger(config.logLevel) } = overrides;
  const metrics = new Metrics();
  telemetry.start(metrics, logger);
  return { config, overrides, clock, logger, metrics, telemetry, publicUrl: config.publicUrl ?? '', draining: false, sinks: null };
}
