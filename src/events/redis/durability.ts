import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { Commands } from './script.js';

export interface Durability {
  /** The operator declares a Redis durable whose settings are hidden. */
  readonly declaredDurable: boolean;
  /** How many replicas must have an acknowledged event. */
  readonly replicas: number;
}

/** What can currently lose acknowledged events, or prevents acknowledgement: one line each, for operators. */
export async function durabilityWarnings(commands: Commands, { declaredDurable, replicas }: Durability): Promise<string[]> {
  const nodes = commands instanceof Cluster ? commands.nodes('master') : [commands];
  const found = await Promise.all(nodes.map((node) => findWarnings(node, declaredDurable)));
  return [...new Set(found.flat()), ...(await replicaShortage(nodes, replicas))];
}

async function replicaShortage(nodes: readonly Redis[], count: number): Promise<string[]> {
  if (count === 0) return [];
  const connected = await Promise.all(nodes.map(async (node) => (await node.info('replication')).match(/state=online/g)?.length ?? 0));
  const fewest = Math.min(...connected);
  return fewest >= count ? [] : [`${fewest} replicas of Redis are connected, and LOG_REPLICAS is ${count}: nothing is acknowledged`];
}

async function findWarnings(node: Redis, declaredDurable: boolean): Promise<string[]> {
  const settings = await readSettings(node);
  if (settings === null) return declaredDurable ? [] : ['Redis hides its settings: see LOG_DECLARED_DURABLE'];
  const policy = settings.get('maxmemory-policy') ?? 'noeviction';
  return [
    ...persistenceWarnings(settings.get('appendonly'), settings.get('appendfsync')),
    ...(policy === 'noeviction'
      ? []
      : [`maxmemory-policy is ${policy}: Redis removes stored events when memory runs out; set it to noeviction`]),
  ];
}

function persistenceWarnings(appendonly: string | undefined, appendfsync: string | undefined): string[] {
  if (appendonly !== 'yes') return ['appendonly is off: a restart of Redis loses acknowledged events'];
  if (appendfsync === 'always') return [];
  return [`appendfsync is ${appendfsync ?? 'unknown'}: a crash of Redis loses the events acknowledged last; set it to always`];
}

/** Null if they are hidden, as by managed services. */
async function readSettings(node: Redis): Promise<Map<string, string> | null> {
  try {
    const pairs = (await node.call('CONFIG', 'GET', 'append*', 'maxmemory-policy')) as string[];
    return new Map(pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])));
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null;
    throw error;
  }
}
