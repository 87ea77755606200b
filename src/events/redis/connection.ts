import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { LogUnavailableError, reasonOf } from '../port/errors.js';
import type { NodeAddress } from './pubsub-connection.js';
import { reconnecting, retryAfterMs } from './reconnecting.js';
import type { Commands } from './script.js';
import { describeTarget } from './redis-url.js';
import type { RedisTarget } from './redis-url.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A command that is not answered for so long fails, and its connection with it. */
const SILENCE_MS = 10_000;
const LEAST_MAJOR = 7;
/** A command that is asked while there is no connection waits for so many attempts to make one, which take some 4 s: as long as a quick restart of Redis. */
const RETRIES = 8;
/** A slot that is being moved refuses commands whose keys are on either side (`TRYAGAIN`): they are tried for some 6 s. */
const REDIRECTIONS = 128;
const TRY_AGAIN_MS = 50;

export interface Connected {
  readonly commands: Commands;
  /** Whether it is a cluster, where channels are sharded ones: what others publish goes to every node. */
  readonly sharded: boolean;
  /** Makes another connection, to one node or any, that is not made again by itself. */
  readonly connect: (to: NodeAddress | null) => Redis;
  /** Called when a node of a cluster is gone: what it was to tell the others of, those who listen there may have missed. */
  readonly onNodeLost: (listener: () => void) => void;
}

/** Connects to a Redis, or to the cluster that it is part of. Rejects with `LogUnavailableError`, whose message is for operators. */
export async function connectRedis(target: RedisTarget): Promise<Connected> {
  const seed = await connectToAny(target);
  try {
    const info = await seed.info();
    const version = /redis_version:(\S+)/.exec(info)?.[1] ?? 'of an unknown version';
    if (Number.parseInt(version, 10) < LEAST_MAJOR) {
      throw new LogUnavailableError(`Redis at ${describeTarget(target)} is ${version}; it takes ${LEAST_MAJOR}.0 or later, or Valkey`);
    }
    const isCluster = /cluster_enabled:1/.test(info);
    // By itself `ioredis` would stay in database 0 without a word.
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
    const seed = new Redis({ ...optionsOf({ ...target, database: 0 }), ...node, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    // Told by the rejection.
    seed.on('error', (error) => (cause ??= error));
    try {
      await seed.connect();
      // The connection may be made, and its password be refused.
      await seed.ping();
      return seed;
    } catch (error) {
      cause ??= error;
      seed.disconnect();
    }
  }
  const hint = isDistrust(cause) ? ' (its certificate is not trusted: see EVENT_LOG_CA)' : '';
  throw new LogUnavailableError(`Redis at ${describeTarget(target)} cannot be used: ${reasonOf(cause)}${hint}`, { cause });
}

/** Whether TLS broke off because of the certificate, by the codes of OpenSSL's checks. */
const isDistrust = (error: unknown): boolean => /CERT|SIGNATURE/.test(String((error as { code?: unknown } | null)?.code));

function connectSingle(target: RedisTarget): Connected {
  const [node = { host: '127.0.0.1', port: 6379 }] = target.nodes;
  const commands = new Redis({
    ...{ ...optionsOf(target), ...node },
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: RETRIES,
    ...reconnecting(),
  });
  commands.on('error', () => undefined);
  // What it tells comes by a connection to itself, which is lost with it.
  return {
    commands,
    sharded: false,
    connect: () => new Redis({ ...optionsOf(target), ...node, ...NOT_AGAIN, lazyConnect: false }),
    onNodeLost: () => undefined,
  };
}

async function connectCluster(target: RedisTarget): Promise<Connected> {
  const commands = new Cluster([...target.nodes], {
    redisOptions: { ...optionsOf({ ...target, database: 0 }), socketTimeout: SILENCE_MS },
    lazyConnect: true,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: retryAfterMs,
    maxRedirections: REDIRECTIONS,
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
    return new Redis({ ...optionsOf({ ...target, database: 0 }), ...node, ...NOT_AGAIN, lazyConnect: false });
  };
  return { commands, sharded: true, connect, onNodeLost: (listener) => void commands.on('-node', listener) };
}

const NOT_AGAIN = { retryStrategy: () => null, autoResubscribe: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false };

function optionsOf({ tls, ca, username, password, database }: RedisTarget) {
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
