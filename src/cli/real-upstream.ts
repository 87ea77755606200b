import { readConfig } from '../config.js';
import { GENERATION_NAMES } from '../datasources/generations.js';
import type { RealUpstream } from '../datasources/generations.js';
import { ConfigError } from '../env-reader.js';
import type { SinkSettings } from '../sinks/settings.js';
import { isSimulated } from '../upstream-config.js';

/** What a command that works on a real contact centre needs of the settings. */
export interface UpstreamSettings {
  readonly upstream: RealUpstream;
  readonly publicUrl: string | null;
  /** Null if there are none. */
  readonly sinks: readonly SinkSettings[] | null;
}

/** The settings that `serve` reads too. Throws `ConfigError` where one is wrong, and where they lead to the simulated contact centre. */
export function realUpstream(environment: Readonly<Record<string, string | undefined>>): UpstreamSettings {
  const { upstream, publicUrl, sinks } = readConfig(environment);
  if (isSimulated(upstream))
    throw new ConfigError([`UPSTREAM: must be one of: ${GENERATION_NAMES.join(', ')}; this command needs a real contact centre`]);
  return { upstream, publicUrl, sinks };
}
