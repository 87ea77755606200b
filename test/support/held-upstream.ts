import type { ServerResponse } from 'node:http';
import { json, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ReceivedRequest, ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';
import { CHAT_GATEWAY_V1 } from './generations.js';
import type { Overrides } from '../../src/composition/overrides.js';
import type { Config } from '../../src/config.js';
import { RunningGateway } from './running-gateway.js';
import type { Answer } from './running-gateway.js';

const ROOT = '/chat-gateway/v1';
const CREATED_AT = '2024-05-01T10:00:00.000Z';

interface HeldRequest {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
}

/** What the upstream answers: a status and a body by path, without the query. */
export type Answers = (path: string) => { readonly status: number; readonly body: unknown };

/** A Chat Gateway that answers nothing before the test says so: what is requested before the first answer depends on no answer. */
export class HeldUpstream {
  #held: HeldRequest[] = [];
  /** Every request so far, without the query. */
  readonly paths: string[] = [];
  answers: Answers = conversationsOf('c1');

  private constructor(
    private readonly upstream: ScriptedUpstream,
    readonly gateway: RunningGateway,
  ) {
    upstream.script = (request, response) => {
      this.#held.push({ request, response });
      this.paths.push(toPath(request));
    };
  }

  static async start(overrides: Overrides = {}, config: Partial<Config> = {}): Promise<HeldUpstream> {
    const upstream = await startUpstream();
    const reached = { url: upstream.baseUrl, apiKey: 'k', tenantId: 't', customerId: 'c' };
    const gateway = await RunningGateway.start({ overrides, config: { upstream: CHAT_GATEWAY_V1.upstream(reached), ...config } });
    return new HeldUpstream(upstream, gateway);
  }

  /** The result of `work`, whose requests must come in these rounds: all of one are sent before any of it is answered. Fails by the test's own time limit if one is missing. */
  async rounds<T>(work: () => Promise<T>, rounds: readonly (readonly string[])[]): Promise<T> {
    this.paths.length = 0;
    const result = work();
    const early = result.then((value) => Promise.reject(new Error(`answered too early: ${JSON.stringify(value)}`)));
    early.catch(() => undefined);
    for (const round of rounds) await Promise.race([this.answer(round), early]);
    const value = await result;
    expect(this.paths.toSorted()).toEqual(rounds.flat().toSorted());
    return value;
  }

  /** Waits until exactly these requests are held, and answers them. */
  async answer(paths: readonly string[]): Promise<void> {
    await this.arrived(paths.length);
    const held = this.#held;
    this.#held = [];
    expect(held.map(({ request }) => toPath(request)).toSorted()).toEqual(paths.toSorted());
    for (const one of held) this.#answer(one);
  }

  /** Waits until this many requests are held. */
  async arrived(count: number): Promise<void> {
    while (this.#held.length < count) await this.upstream.received(this.upstream.requests.length + 1);
  }

  /** Answers those held whose path matches; the others stay. */
  answerOnly(pattern: RegExp): void {
    const held = this.#held;
    this.#held = held.filter(({ request }) => !pattern.test(toPath(request)));
    for (const one of held) if (pattern.test(toPath(one.request))) this.#answer(one);
  }

  /** Answers what is held and what follows without waiting. */
  release(): void {
    this.upstream.script = (request, response) => {
      this.paths.push(toPath(request));
      this.#answer({ request, response });
    };
    for (const one of this.#held) this.#answer(one);
    this.#held = [];
  }

  async stop(): Promise<void> {
    this.release();
    await this.gateway.stop();
    await this.upstream.close();
  }

  #answer({ request, response }: HeldRequest): void {
    const { status, body } = request.method === 'POST' ? posted(request) : this.answers(toPath(request));
    json(status, body)(request, response);
  }
}

/** How a POST is confirmed, by the end of its path; 202 where this says nothing else. */
const POSTED: Readonly<Record<string, number>> = { typing: 204, thinking: 204, 'read-receipt': 204, 'post-agent-assignment': 201 };

const posted = (request: ReceivedRequest) => ({
  status: POSTED[request.url.split('/').at(-1) ?? ''] ?? 202,
  body: { conversationId: 'new' },
});

const toPath = ({ method, url }: ReceivedRequest): string =>
  `${method === 'GET' ? '' : `${method} `}${url.slice(ROOT.length).replace(/\?.*/, '')}`;

const list = (rel: string, items: readonly object[]) => ({
  _embedded: { [rel]: items },
  page: { size: items.length, number: 0, totalElements: items.length, totalPages: 1 },
});

/** Conversations with one message with a file each, one interaction and their customer, whose id is that of the conversation. */
export function conversationsOf(...ids: readonly string[]): Answers {
  return (path) => {
    const [, id = '', part] = /^\/conversations\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (path === '/conversations') return { status: 200, body: list('conversations', ids.map(conversation)) };
    if (path.startsWith('/channels/')) return { status: 200, body: { id: path.slice('/channels/'.length), name: 'Web', type: 'api' } };
    const body = ids.includes(id) ? PARTS[part ?? '']?.(id) : undefined;
    return body === undefined ? { status: 404, body: { message: 'not found' } } : { status: 200, body };
  };
}

const conversation = (id: string) => ({ id, channelId: 'ch1', state: 'active', user: { name: `Customer of ${id}`, userId: id } });

const PARTS: Readonly<Record<string, (id: string) => object>> = {
  '': conversation,
  messages: (id) =>
    list('messages', [
      {
        id: `${id}-m1`,
        text: `Secret of ${id}`,
        createdAt: CREATED_AT,
        author: { id: 'user', type: 'user' },
        attachments: [{ id: `${id}-f1` }],
      },
    ]),
  participants: () => list('participants', [{ id: 'user', type: 'user', removed: false }]),
  interactions: (id) => list('interactions', [{ id: `${id}-i1`, startTime: CREATED_AT }]),
  attachments: (id) => list('attachments', [{ id: `${id}-f1`, filename: 'a.pdf', sizeInBytes: 5 }]),
};

/** The data of an answer without errors. */
export async function dataOf(answer: Promise<Answer<Record<string, unknown>>>): Promise<Record<string, unknown> | null> {
  const { data, errors } = await answer;
  expect(errors).toEqual([]);
  return data;
}
