import { NO_TELEMETRY } from '../observability/telemetry.js';
import type { Telemetry, TelemetrySettings } from '../observability/telemetry.js';
import { VERSION } from '../version.js';

/** OpenTelemetry's SDK is a file of its own in the build, and loaded only where something is exported. */
export async function loadTelemetry(settings: TelemetrySettings | null): Promise<Telemetry> {
  if (settings === null) return NO_TELEMETRY;
  const { openTelemetry } = await import('../observability/opentelemetry/open.js');
  return openTelemetry(settings, VERSION);
}
