import { readFileSync } from 'node:fs';
import proxyAddr from '@fastify/proxy-addr';
import type { TokenSettings } from './auth/token-settings.js';
import type { RealUpstream } from './datasources/generations.js';
import { readEventLog } from './event-log-config.js';
import type { EventLogSettings } from './event-log-config.js';
import { readHealing } from './healing-config.js';
import type { HealingSettings } from './healing-config.js';
import type { ConnectionLimits } from './transport/limits/open-connections.js';
import { EnvReader } from './env-reader.js';
import type { Environment } from './env-reader.js';
import { isOriginPattern } from './transport/http/origin-pattern.js';
import { readManifest } from './transport/documents/persisted-documents.js';
import { LOG_LEVELS } from './observability/logger.js';
import type { LogLevel } from './observability/logger.js';
import type { TelemetrySettings } from './observability/telemetry.js';
import { readSinks } from './sinks-config.js';
import type { SinkSettings } from './sinks/settings.js';
import { readTelemetry } from './telemetry-config.js';
import type { FaultSettings } from './simulator/faults/faults.js';
import { readFaults, readUpstream } from './upstream-config.js';
import type { SimulatedUpstream } from './upstream-config.js';

/** The checked settings. */
export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly upstream: SimulatedUpstream | RealUpstream;
  readonly eventLog: EventLogSettings;
  readonly eventRetentionMs: number;
  readonly upstreamCalls: {
    /** For each call, from its start to the last byte of the answer. */
    readonly timeoutMs: number;
    /** How many may be in flight. */
    readonly inFlight: number;
  };
  /** How long one request may wait for reads of the upstream in total. */
  readonly requestTimeoutMs: number;
  /** For how long after a message its webhook is expected. */
  readonly retryHorizonMs: number;
  /** 0: the age of webhooks is not checked. */
  readonly webhookMaxAgeMs: number;
  /** Where clients and the contact centre reach this gateway. Null for the address listened on. */
  readonly publicUrl: string | null;
  readonly auth: AuthSettings;
  /** Origins of other pages that may use the gateway from a browser, and patterns of them (`isOriginPattern`); `*` is any. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks (or `loopback`, `linklocal`, `uniquelocal`) of trusted proxies, whose `X-Forwarded-For` is used. */
  readonly trustProxy: readonly string[];
  /** How many requests a minute one viewer and one address may send. Null for any number. */
  readonly rateLimit: { readonly viewer: number; readonly address: number } | null;
  /** How many sockets and subscriptions over HTTP one viewer may have open. Null for any number. */
  readonly connectionLimit: ConnectionLimits | null;
  readonly introspection: boolean;
  /** The only documents that are executed, by their ids. Null if any document is. */
  readonly trustedDocuments: ReadonlyMap<string, string> | null;
  /** Whether this is a subgraph of Apollo Federation: `_service` and `_entities` are served. */
  readonly federation: boolean;
  readonly healing: HealingSettings;
  readonly drainMs: number;
  /** Of that: how long a shutdown only reports that the gateway is not ready. */
  readonly drainNoticeMs: number;
  /** What goes wrong with the simulated contact centre. */
  readonly simulatorFaults: FaultSettings;
  readonly logLevel: LogLevel;
  /** What is exported to OpenTelemetry. Null if nothing is, and none of its code is loaded. */
  readonly telemetry: TelemetrySettings | null;
  /** The receivers of events. Null if there are none, and none of their code is loaded. */
  readonly sinks: readonly SinkSettings[] | null;
  readonly production: boolean;
  /** Settings that have no effect beside the others, a line for each. */
  readonly warnings: readonly string[];
}

/** Whether tokens are required, and how they are verified. With `off` they are ignored, but may be issued. */
export interface AuthSettings extends TokenSettings {
  readonly mode: 'off' | 'jwt';
}

const HOUR_MS = 3_600_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);
/** As many bytes as HS256 has (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
/** Where Apollo Sandbox runs, also inside other pages. */
const SANDBOX_ORIGINS = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];

/** Reads every setting from the environment; throws a `ConfigError` that lists all errors. */
export function readConfig(environment: Environment): Config {
  const read = new EnvReader(environment);
  const host = read.text('HOST', '127.0.0.1');
  const production = environment['NODE_ENV'] === 'production';
  const config: Config = {
    host,
    port: read.integer('PORT', 4000, 0, 65_535),
    upstream: readUpstream(read, production),
    eventLog: readEventLog(read),
    eventRetentionMs: read.integer('EVENT_RETENTION_HOURS', 72, 1, 87_600) * HOUR_MS,
    upstreamCalls: {
      timeoutMs: read.integer('UPSTREAM_TIMEOUT_SECONDS', 10, 1, 300) * 1000,
      inFlight: read.integer('UPSTREAM_CONCURRENCY', 128, 1, 10_000),
    },
    requestTimeoutMs: read.integer('REQUEST_TIMEOUT_SECONDS', 15, 1, 300) * 1000,
    healing: readHealing(read),
    retryHorizonMs: read.integer('WEBHOOK_RETRY_HORIZON_HOURS', 24, 2, 8_760) * HOUR_MS,
    webhookMaxAgeMs: read.integer('WEBHOOK_MAX_AGE_SECONDS', 300, 0, 86_400) * 1000,
    publicUrl: read.url('PUBLIC_URL'),
    auth: readAuth(read),
    corsOrigins: readOrigins(read, production ? [] : SANDBOX_ORIGINS),
    trustProxy: readTrustProxy(read),
    rateLimit: readRateLimit(read),
    connectionLimit: readConnectionLimit(read),
    introspection: read.flag('INTROSPECTION', !production),
    trustedDocuments: readTrustedDocuments(read),
    federation: read.flag('FEDERATION', false),
    drainMs: read.integer('DRAIN_SECONDS', 10, 0, 600) * 1000,
    drainNoticeMs: read.integer('DRAIN_NOTICE_SECONDS', 0, 0, 300) * 1000,
    simulatorFaults: readFaults(read),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    telemetry: readTelemetry(read),
    sinks: readSinks(read),
    production,
    warnings: read.warnings,
  };
  if (config.auth.mode === 'off' && !LOOPBACK.has(host) && !read.flag('ALLOW_INSECURE', false))
    read.addError(
      'HOST',
      `with AUTH=off everyone who reaches ${host} may do everything; must be a loopback address, or set AUTH=jwt or ALLOW_INSECURE=true`,
    );
  if (config.federation && config.trustedDocuments !== null)
    read.addError('FEDERATION', 'cannot be true with TRUSTED_DOCUMENTS: a router writes the documents that it sends itself');
  read.throwIfInvalid();
  return config;
}

/** How tokens are issued and verified, whether or not they are required: what `token` needs. */
export function readTokenSettings(environment: Environment): TokenSettings {
  const read = new EnvReader(environment);
  const settings = tokenSettings(read);
  read.throwIfInvalid();
  return settings;
}

function readAuth(read: EnvReader): AuthSettings {
  const mode = read.oneOf('AUTH', ['off', 'jwt'], 'off');
  const settings = tokenSettings(read);
  if (mode === 'jwt' && settings.secret === null && settings.jwksUrl === null)
    read.addError('AUTH', 'jwt needs a key to verify tokens: set AUTH_SECRET (or AUTH_SECRET_FILE) or AUTH_JWKS_URL');
  return { mode, ...settings };
}

function tokenSettings(read: EnvReader): TokenSettings {
  const secret = read.optionalSecret('AUTH_SECRET');
  const secondarySecret = read.optionalSecret('AUTH_SECRET_SECONDARY');
  for (const [name, value] of Object.entries({ AUTH_SECRET: secret, AUTH_SECRET_SECONDARY: secondarySecret }))
    if (value !== null && Buffer.byteLength(value) < MIN_SECRET_BYTES)
      read.addError(name, `must be at least ${MIN_SECRET_BYTES} random bytes`);
  if (secret === null && secondarySecret !== null)
    read.addError('AUTH_SECRET_SECONDARY', 'must be used with an AUTH_SECRET, which tokens are issued with');
  const jwksUrl = read.url('AUTH_JWKS_URL');
  if (jwksUrl !== null && !isSafe(new URL(jwksUrl)) && !read.flag('ALLOW_INSECURE', false))
    read.addError(
      'AUTH_JWKS_URL',
      'must be an https URL, since keys fetched over http can be replaced in transit; or set ALLOW_INSECURE=true',
    );
  return { secret, secondarySecret, jwksUrl, issuer: read.optional('AUTH_ISSUER'), audience: read.optional('AUTH_AUDIENCE') };
}

const isSafe = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || LOOPBACK.has(hostname);

function readOrigins(read: EnvReader, fallback: readonly string[]): readonly string[] {
  const value = read.optional('CORS_ORIGINS');
  const origins = value?.split(/[\s,]+/).filter(Boolean) ?? fallback;
  const wrong = origins.filter((text) => !isOriginPattern(text)).map((text) => `"${text}"`);
  const right = 'origins with commas between, such as https://app.example.com, https://*.example.com or capacitor://localhost, or *';
  if (wrong.length > 0) read.addError('CORS_ORIGINS', `must be ${right}; got ${wrong.join(', ')}`);
  return origins;
}

function readTrustedDocuments(read: EnvReader): Config['trustedDocuments'] {
  const path = read.optional('TRUSTED_DOCUMENTS');
  if (path === null) return null;
  try {
    return readManifest(readFileSync(path, 'utf8'));
  } catch {
    read.addError(
      'TRUSTED_DOCUMENTS',
      'must be the path of a file that lists documents: a JSON object from id to text, or an apollo-persisted-query-manifest',
    );
    return null;
  }
}

function readTrustProxy(read: EnvReader): readonly string[] {
  const value = read.text('TRUST_PROXY', '');
  const proxies = value.split(/[\s,]+/).filter(Boolean);
  try {
    proxyAddr.compile(proxies);
  } catch {
    read.addError(
      'TRUST_PROXY',
      'must be addresses and networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal, with commas between',
    );
    return [];
  }
  return proxies;
}

function readRateLimit(read: EnvReader): Config['rateLimit'] {
  const value = read.text('RATE_LIMIT', '600/6000');
  if (value === 'off') return null;
  const [viewer = 0, address = 0, ...more] = value.split('/').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN));
  if (more.length === 0 && [viewer, address].every((count) => count >= 1 && count <= 10_000)) return { viewer, address };
  read.addError('RATE_LIMIT', 'must be VIEWER/ADDRESS, requests a minute from 1 to 10000 of one viewer and from one address, or off');
  return null;
}

function readConnectionLimit(read: EnvReader): Config['connectionLimit'] {
  const value = read.text('CONNECTION_LIMIT', '10/1000');
  if (value === 'off') return null;
  const [viewer = 0, service = 0, ...more] = value.split('/').map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : NaN));
  if (more.length === 0 && viewer >= 1 && service >= 1) return { viewer, service };
  read.addError(
    'CONNECTION_LIMIT',
    'must be VIEWER/SERVICE, how many sockets and HTTP subscriptions one customer and one service may have open, such as 10/1000, or off',
  );
  return null;
}
