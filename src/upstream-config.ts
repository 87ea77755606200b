import { GENERATIONS, GENERATION_NAMES } from './datasources/generations.js';
import type { RealUpstream } from './datasources/generations.js';
import type { EnvReader } from './env-reader.js';
import { parseFaults } from './simulator/faults/faults.js';
import type { FaultSettings } from './simulator/faults/faults.js';

const SIMULATED_KINDS = ['simulator', 'simulator:chat-api-v2'] as const;

/** A simulated contact centre, in either generation. */
export interface SimulatedUpstream {
  readonly kind: (typeof SIMULATED_KINDS)[number];
}

/** Whether the gateway brings its own contact centre. */
export function isSimulated(upstream: Pick<SimulatedUpstream | RealUpstream, 'kind'>): upstream is SimulatedUpstream {
  return SIMULATED_KINDS.some((kind) => kind === upstream.kind);
}

type Kind = SimulatedUpstream['kind'] | RealUpstream['kind'];

/** For which kinds a setting is read; it may also be set as `NAME_FILE`, if it is a secret. */
const USED_BY: Readonly<Record<string, readonly Kind[]>> = {
  UPSTREAM_URL: GENERATION_NAMES,
  UPSTREAM_API_KEY: GENERATION_NAMES,
  UPSTREAM_TENANT: GENERATION_NAMES,
  UPSTREAM_CUSTOMER: GENERATION_NAMES,
  UPSTREAM_API_SECRET: ['chat-api-v2'],
  UPSTREAM_REGION: ['chat-api-v2'],
  SIMULATOR_FAULTS: SIMULATED_KINDS,
};

/** Reads `UPSTREAM` and the settings of its generation. Errors are added to `read`. */
export function readUpstream(read: EnvReader, production: boolean): SimulatedUpstream | RealUpstream {
  if (production) read.required('UPSTREAM', 'the kind of contact centre, or simulator where customers are to talk to invented agents');
  const kind = read.oneOf('UPSTREAM', [...SIMULATED_KINDS, ...GENERATION_NAMES], 'simulator');
  noteUnused(read, kind, production);
  if (kind === 'simulator' || kind === 'simulator:chat-api-v2') return { kind };
  const account = {
    url: read.url('UPSTREAM_URL') ?? 'https://api.8x8.com',
    apiKey: read.secret('UPSTREAM_API_KEY'),
    tenantId: read.required('UPSTREAM_TENANT', 'the tenant id that webhooks must carry'),
    customerId: read.required('UPSTREAM_CUSTOMER', 'the customer id that webhooks must carry'),
  };
  return GENERATIONS[kind].readSettings(account, read);
}

/**
 * Settings that the chosen upstream does not use: a warning, since deployments share them. But where none was chosen, whoever names a real one does not want the simulated
 * one: an error, as it is in production anyway.
 */
function noteUnused(read: EnvReader, kind: Kind, production: boolean): void {
  const unused = Object.keys(USED_BY).filter((name) => isSet(read, name) && USED_BY[name]?.includes(kind) === false);
  if (read.optional('UPSTREAM') !== null) {
    for (const name of unused) read.addWarning(name, `has no effect with UPSTREAM=${kind}; is used by: ${USED_BY[name]?.join(', ')}`);
    return;
  }
  if (unused.length > 0 && !production)
    read.addError(
      'UPSTREAM',
      `is not set, though ${unused.join(', ')} is; must be one of: ${[...GENERATION_NAMES, ...SIMULATED_KINDS].join(', ')}`,
    );
}

const isSet = (read: EnvReader, name: string): boolean => (read.optional(`${name}_FILE`) ?? read.optional(name)) !== null;

/** What goes wrong with the simulated contact centre. */
export function readFaults(read: EnvReader): FaultSettings {
  const text = read.text('SIMULATOR_FAULTS', '');
  try {
    return text === '' ? {} : parseFaults(text);
  } catch (error) {
    read.addError('SIMULATOR_FAULTS', error instanceof Error ? error.message : 'must be NAME=NUMBER,…');
    return {};
  }
}
