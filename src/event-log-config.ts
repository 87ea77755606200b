import { EnvReader } from './env-reader.js';
import type { Environment } from './env-reader.js';
import { parseRedisUrl } from './events/redis/redis-url.js';
import type { RedisTarget } from './events/redis/redis-url.js';

/** A Redis, and what it is used for. */
export interface RedisSettings {
  readonly target: RedisTarget;
  /** What all keys begin with. */
  readonly prefix: string;
  /** How many partitions a new log gets. Null for the default, or for those of the existing log. */
  readonly partitions: number | null;
  readonly requireDurable: boolean;
  readonly declaredDurable: boolean;
  /** How many replicas must have what is acknowledged. */
  readonly replicas: number;
}

/** Where the event log lives: in a directory of this gateway alone, or in a Redis that several share. */
export type EventLogSettings = { readonly directory: string } | { readonly redis: RedisSettings };

/** The settings of the event log alone, which the command `log` needs. */
export function readEventLogSettings(environment: Environment): EventLogSettings {
  const read = new EnvReader(environment);
  const settings = readEventLog(read);
  read.throwIfInvalid();
  return settings;
}

/** Reads `EVENT_LOG` and the settings that depend on it. Errors are added to `read`. */
export function readEventLog(read: EnvReader): EventLogSettings {
  const value = read.text('EVENT_LOG', 'file:./data');
  if (/^rediss?:/.test(value)) return { redis: readRedis(read, value) };
  if (!/^file:./.test(value))
    read.addError('EVENT_LOG', 'must be file:DIRECTORY, redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE');
  return { directory: value.replace(/^file:(\/\/)?/, '') };
}

function readRedis(read: EnvReader, url: string): RedisSettings {
  const target = parseRedisUrl(url);
  // Not its value: it may hold a password.
  if (target === null)
    read.addError('EVENT_LOG', 'must be redis://[USER]:[PASSWORD]@HOST:PORT[,HOST:PORT…]/DATABASE, or rediss:// for TLS');
  const password = read.optionalSecret('EVENT_LOG_PASSWORD');
  const ca = read.optionalSecret('EVENT_LOG_CA');
  if (ca !== null && target?.tls === false) read.addError('EVENT_LOG_CA', 'must be used with a Redis with TLS: rediss://');
  if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----')) read.addError('EVENT_LOG_CA', 'must be certificates in PEM');
  return {
    target: { ...(target ?? NO_TARGET), ca, ...(password === null ? {} : { password }) },
    prefix: read.text('LOG_PREFIX', 'chat'),
    partitions: read.optionalWhole('LOG_PARTITIONS', 1, 1_024),
    requireDurable: read.flag('REQUIRE_DURABLE_LOG', false),
    declaredDurable: read.flag('LOG_DECLARED_DURABLE', false),
    replicas: read.integer('LOG_REPLICAS', 0, 0, 16),
  };
}

const NO_TARGET: RedisTarget = { nodes: [], tls: false, ca: null, username: null, password: null, database: 0 };
