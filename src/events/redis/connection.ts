import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { LogUnavailableError, reasonOf } from '../port/errors.js';
import type { NodeAddress } from './pubsub-connection.js';
import { reconnectOptions, retryAfterMs } from './reconnect-options.js';
import type { Commands } from './script.js';
import { describeTarget } from './redis-url.js';
import type { RedisTarget } from './redis-url.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A command without a reply for this long fails, and its connection with it. */
const SOCKET_TIMEOUT_MS = 10_000;
const MIN_MAJOR_VERSION = 7;
/** A command issued while disconnected waits for this many connection attempts, about 4 s in all: as long as a quick restart of Redis. */
const MAX_RETRIES = 8;
/** A slot that is being moved rejects commands whose keys are on both sides (`TRYAGAIN`): they are retried for about 6 s. */
const MAX_REDIRECTIONS = 128;
const TRY_AGAIN_MS = 50;

export interface Connected {
  readonly commands: Commands;
  /** Whether it is a cluster, which has sharded channels: other messages go to every node. */
  readonly sharded: boolean;
  /** Opens another connection, to one node or any, without automatic reconnect. */
  readonly connect: (to: NodeAddress | null) => Redis;
  /** Called when a node of a cluster has left: subscribers may have missed messages that it was to forward. */
  readonly onNodeLost: (listener: () => void) => void;
}

/** Connects to a Redis, or to the cluster that it is part of. Rejects with `LogUnavailableError`, whose message is for operators. */
export async function connectRedis(target: RedisTarget): Promise<Connected> {
  const seed = await connectToAny(target);
  try {
    const info = await seed.info();
    const version = /redis_version:(\S+)/.exec(info)?.[1] ?? 'of an unknown version';
    if (Number.parseInt(version, 10) < MIN_MAJOR_VERSION) {
      throw new LogUnavailableError(
        `Redis at ${describeTarget(target)} is ${version}; ${MIN_MAJOR_VERSION}.0 or later, or Valkey, is required`,
      );
    }
    const isCluster = /cluster_enabled:1/.test(info);
    // `ioredis` would silently stay in database 0.
    if (target.database !== 0) await selectDatabase(seed, target);
    return isCluster ? await connectCluster(target) : connectSingle(target);
  } finally {
    seed.disconnect();
  }
}

async function selectDatabase(seed: Redis, target: RedisTarget): Promise<void> {
  try {
    await seed.select(target.database);
  } catch (cause) {
    throw new LogUnavailableError(`Redis at ${describeTarget(target)} has no database ${target.database}: ${reasonOf(cause)}`, { cause });
  }
}

async function connectToAny(target: RedisTarget): Promise<Redis> {
  let cause: unknown = null;
  for (const node of target.nodes) {
    const seed = new Redis({ ...toRedisOptions({ ...target, database: 0 }), ...node, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    // Reported by the rejection.
    seed.on('error', (error) => (cause ??= error));
    try {
      await seed.connect();
      // The connection may succeed and the password still be rejected.
      await seed.ping();
      return seed;
    } catch (error) {
      cause ??= error;
      seed.disconnect();
    }
  }
  const hint = isCertificateError(cause) ? ' (its certificate is not trusted: see EVENT_LOG_CA)' : '';
  throw new LogUnavailableError(`Redis at ${describeTarget(target)} cannot be used: ${reasonOf(cause)}${hint}`, { cause });
}

/** Whether TLS failed because of the certificate, by OpenSSL's error codes. */
const isCertificateError = (error: unknown): boolean => /CERT|SIGNATURE/.test(String((error as { code?: unknown } | null)?.code));

function connectSingle(target: RedisTarget): Connected {
  const [node = { host: '127.0.0.1', port: 6379 }] = target.nodes;
  const commands = new Redis({
    ...toRedisOptions(target),
    ...node,
    socketTimeout: SOCKET_TIMEOUT_MS,
    maxRetriesPerRequest: MAX_RETRIES,
    ...reconnectOptions(),
  });
  commands.on('error', () => undefined);
  // A single node: its messages are lost only with our own connection.
  return {
    commands,
    sharded: false,
    connect: () => new Redis({ ...toRedisOptions(target), ...node, ...NO_RECONNECT, lazyConnect: false }),
    onNodeLost: () => undefined,
  };
}

async function connectCluster(target: RedisTarget): Promise<Connected> {
  const commands = new Cluster([...target.nodes], {
    redisOptions: { ...toRedisOptions({ ...target, database: 0 }), socketTimeout: SOCKET_TIMEOUT_MS },
    lazyConnect: true,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: retryAfterMs,
    maxRedirections: MAX_REDIRECTIONS,
    retryDelayOnTryAgain: TRY_AGAIN_MS,
  });
  commands.on('error', () => undefined);
  try {
    await commands.connect();
  } catch (cause) {
    commands.disconnect();
    throw new LogUnavailableError(`The Redis cluster at ${describeTarget(target)} cannot be used`, { cause });
  }
  const connect = (to: NodeAddress | null) => {
    const masters = commands.nodes('master');
    const { host, port } = to ?? masters[Math.floor(Math.random() * masters.length)]?.options ?? target.nodes[0] ?? {};
    const node = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
    return new Redis({ ...toRedisOptions({ ...target, database: 0 }), ...node, ...NO_RECONNECT, lazyConnect: false });
  };
  return { commands, sharded: true, connect, onNodeLost: (listener) => void commands.on('-node', listener) };
}

const NO_RECONNECT = { retryStrategy: () => null, autoResubscribe: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false };

function toRedisOptions({ tls, ca, username, password, database }: RedisTarget) {
  return {
    db: database,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: CONNECT_TIMEOUT_MS,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: ca === null ? {} : { ca } } : {}),
  } satisfies RedisOptions;
}
