/** A Redis server or cluster, as named by `EVENT_LOG`. */
export interface RedisTarget {
  /** One node, or several of a cluster: any of them leads to the others. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  /** Trusted CA certificates in PEM; null for the system's. */
  readonly ca: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Always 0 in a cluster. */
  readonly database: number;
}

const FORM = /^(rediss?):\/\/(?:([^@/]*)@)?([^/?#@]+?)(?:\/(\d{1,4})?)?$/;
const NODE = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/** Parses `redis://[user]:[password]@host:port[,host:port…]/database`, or `rediss://` for TLS; null if it is neither. */
export function parseRedisUrl(text: string): RedisTarget | null {
  const [, scheme, credentials = '', nodes = '', database = '0'] = FORM.exec(text) ?? [];
  if (scheme === undefined) return null;
  const parsed = nodes.split(',').map(parseNode);
  const [username, password] = parseCredentials(credentials);
  if (!parsed.every((node) => node !== null) || username === undefined || password === undefined) return null;
  return { nodes: parsed, tls: scheme === 'rediss', ca: null, username, password, database: Number(database) };
}

/** For logs and messages: without user and password. */
export const describeTarget = ({ nodes }: RedisTarget): string => nodes.map(({ host, port }) => `${host}:${port}`).join(', ');

function parseNode(text: string): { host: string; port: number } | null {
  const [, host, port = '6379'] = NODE.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Percent-encoded; either part may be missing. */
function parseCredentials(text: string): [string | null, string | null] | [] {
  try {
    const [username = '', ...rest] = text.split(':').map(decodeURIComponent);
    const password = rest.join(':');
    return [username === '' ? null : username, password === '' ? null : password];
  } catch {
    return [];
  }
}
