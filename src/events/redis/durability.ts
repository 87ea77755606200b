import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { Commands } from './script.js';

export interface Durability {
  /** The operator's word for a Redis that does not tell its settings. */
  readonly declaredDurable: boolean;
  /** How many replicas must have what was acknowledged. */
  readonly replicas: number;
}

/** What can lose acknowledged events, as things stand now, or keeps any from being acknowledged: one line each, for operators. */
export async function durabilityWarnings(commands: Commands, { declaredDurable, replicas }: Durability): Promise<string[]> {
  const nodes = commands instanceof Cluster ? commands.nodes('master') : [commands];
  const found = await Promise.all(nodes.map((node) => weaknessesOf(node, declaredDurable)));
  return [...new Set(found.flat()), ...(await replicaShortage(nodes, replicas))];
}

async function replicaShortage(nodes: readonly Redis[], count: number): Promise<string[]> {
  if (count === 0) return [];
  const connected = await Promise.all(nodes.map(async (node) => (await node.info('replication')).match(/state=online/g)?.length ?? 0));
  const fewest = Math.min(...connected);
  return fewest >= count ? [] : [`${fewest} replicas of Redis are connected, and LOG_REPLICAS is ${count}: nothing is acknowledged`];
}

async function weaknessesOf(node: Redis, declaredDurable: boolean): Promise<string[]> {
  const settings = await settingsOf(node);
  if (settings === null) return declaredDurable ? [] : ['Redis does not tell its settings: see LOG_DECLARED_DURABLE'];
  const policy = settings.get('maxmemory-policy') ?? 'noeviction';
  return [
    ...durability(settings.get('appendonly'), settings.get('appendfsync')),
    ...(policy === 'noeviction'
      ? []
      : [`maxmemory-policy is ${policy}: Redis removes stored events when memory runs out; it takes noeviction`]),
  ];
}

function durability(appendonly: string | undefined, appendfsync: string | undefined): string[] {
  if (appendonly !== 'yes') return ['appendonly is off: a restart of Redis loses acknowledged events'];
  if (appendfsync === 'always') return [];
  return [`appendfsync is ${appendfsync ?? 'unknown'}: a crash of Redis loses the events acknowledged last; it takes always`];
}

/** Null where they are hidden, as managed services do. */
async function settingsOf(node: Redis): Promise<Map<string, string> | null> {
  try {
    const pairs = (await node.call('CONFIG', 'GET', 'append*', 'maxmemory-policy')) as string[];
    return new Map(pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])));
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null;
    throw error;
  }
}
