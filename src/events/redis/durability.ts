import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { Commands } from './script.js';

/** What of Redis's settings can lose acknowledged events, one line each, for operators. */
export async function weaknesses(commands: Commands, declaredDurable: boolean): Promise<string[]> {
  const nodes = commands instanceof Cluster ? commands.nodes('master') : [commands];
  const found = await Promise.all(nodes.map((node) => weaknessesOf(node, declaredDurable)));
  return [...new Set(found.flat())];
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
  } catch {
    return null;
  }
}
