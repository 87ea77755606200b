import { createHash } from 'node:crypto';
import type { GraphQLFormattedError } from 'graphql';
import { OperationsSocket } from './operations-socket.js';
import type { Role } from './seeded-conversations.js';

export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

export interface Reply {
  /** As it was sent. */
  readonly text: string;
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
}

/** The ways in which a request can be sent. */
export const WAYS = ['POST', 'GET', 'persisted', 'WebSocket'] as const;
export type Way = (typeof WAYS)[number];

/** Node answers a longer head with 431. */
const LONGEST_SEARCH = 12_000;

/** Sends requests to a gateway in every way, with a token of every role. */
export class Asker {
  tokens: Readonly<Record<Role, string | null>> = { ANONYMOUS: null, CUSTOMER: null, CUSTOMER_BY_ID: null, SERVICE: null, ADMIN: null };
  readonly #sockets = new Map<Role, Promise<OperationsSocket>>();

  constructor(
    private readonly graphqlUrl: string,
    private readonly wsUrl: string,
  ) {}

  ask(question: Question, role: Role, way: Way = 'POST'): Promise<Reply> {
    switch (way) {
      case 'POST':
        return this.#post(question, role);
      case 'GET':
        return this.#get(question, role);
      case 'persisted':
        return this.#persisted(question, role);
      case 'WebSocket':
        return this.#overSocket(question, role);
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) void socket.then((open) => open.close());
  }

  #get(question: Question, role: Role): Promise<Reply> {
    const search = toSearch(question);
    if (search.length > LONGEST_SEARCH) return this.#post(question, role);
    return this.#fetch(`${this.graphqlUrl}?${search}`, role, { headers: { 'apollo-require-preflight': 'yes' } });
  }

  #post(body: object, role: Role): Promise<Reply> {
    return this.#fetch(this.graphqlUrl, role, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #persisted({ query, ...rest }: Question, role: Role): Promise<Reply> {
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const reply = await this.#post({ ...rest, extensions }, role);
    if (reply.errors[0]?.extensions?.['code'] !== 'PERSISTED_QUERY_NOT_FOUND') return reply;
    return this.#post({ query, ...rest, extensions }, role);
  }

  async #fetch(url: string, role: Role, { headers, ...init }: { headers: object; method?: string; body?: string }): Promise<Reply> {
    const token = this.tokens[role];
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url, { ...init, headers: { ...(headers as Record<string, string>), ...authorization } });
    return toReply(await response.text());
  }

  /** The first results of a subscription, so many at most. */
  async follow(question: Question, role: Role, most: number): Promise<readonly Reply[]> {
    const results = await (await this.#socketOf(role)).firstResults(question, most);
    return results.map((result) => toReply(JSON.stringify(result)));
  }

  async #overSocket(question: Question, role: Role): Promise<Reply> {
    return toReply(JSON.stringify(await (await this.#socketOf(role)).firstResult(question)));
  }

  #socketOf(role: Role): Promise<OperationsSocket> {
    const socket = this.#sockets.get(role) ?? OperationsSocket.open(this.wsUrl, this.tokens[role]);
    this.#sockets.set(role, socket);
    return socket;
  }
}

function toReply(text: string): Reply {
  const { data = null, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: readonly GraphQLFormattedError[] };
  return { text, data, errors };
}

function toSearch({ query, variables, operationName }: Question): string {
  const search = new URLSearchParams({ query });
  if (variables !== undefined) search.set('variables', JSON.stringify(variables));
  if (operationName !== undefined) search.set('operationName', operationName);
  return search.toString();
}
