import type { Simulator } from '../../../src/simulator/simulator.js';

/** What tests look into of an answer; which of it is there depends on the call. */
export interface AnswerBody {
  readonly conversationId: string;
  readonly message: string;
  readonly validations: readonly { readonly field: string }[];
  readonly page: { readonly totalElements: number };
  readonly _links: { readonly self: { readonly href: string } };
  readonly _embedded: Readonly<Record<string, readonly Resource[]>>;
  readonly webHookId: string;
}

export interface Resource {
  readonly id: string;
  readonly text: string;
  readonly createdAt: string;
}

export interface RestAnswer {
  readonly status: number;
  readonly type: string | null;
  /** The text as it came; empty when there was none. */
  readonly text: string;
  readonly body: AnswerBody;
}

export interface CallOptions {
  readonly method?: string;
  /** A string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the Chat Gateway v1 API of `sim`, as its customer unless `headers` say otherwise. */
export async function call(sim: Simulator, path: string, { body, headers, method }: CallOptions = {}): Promise<RestAnswer> {
  const response = await fetch(`${sim.url}/chat-gateway/v1${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'x-api-key': sim.apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = JSON.parse(text === '' ? '{}' : text) as AnswerBody;
  return { status: response.status, type: response.headers.get('content-type'), text, body: parsed };
}

/** The list `name` of an answer. */
export function listOf({ body }: RestAnswer, name: string): readonly Resource[] {
  return body._embedded[name] ?? [];
}

/** A new conversation's id. */
export async function create(sim: Simulator, more: object = {}): Promise<string> {
  const { body } = await call(sim, '/conversations', { body: { channelId: sim.channelId, user: { name: 'Eve' }, ...more } });
  return body.conversationId;
}

export async function say(sim: Simulator, conversationId: string, text: string, authorType = 'user'): Promise<RestAnswer> {
  return call(sim, `/conversations/${conversationId}/messages`, { body: { authorType, text } });
}
