import type { ExecutionResult } from 'graphql';
import { HttpResults } from './multipart-results.js';
import type { MultipartBody, Operation } from './multipart-results.js';

/** Why the gateway ends a connection, and not the operation. */
const ENDS = ['RESTARTING', 'SLOW_CONSUMER'];

/** What a block of server-sent events holds. */
export interface EventBlock {
  readonly event: string | null;
  readonly id: string | null;
  readonly data: string | null;
}

/** Asks for an operation over server-sent events, with a token where one is given. */
export function requestEventStream(url: string, operation: Operation, signal?: AbortSignal, token?: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
    ...(signal ? { signal } : {}),
  });
}

/** The blocks of an answer, those without an event too. */
export async function* blocksOf(response: Response): AsyncGenerator<EventBlock, void> {
  if (!/^text\/event-stream/.test(response.headers.get('content-type') ?? '') || response.body === null)
    throw new Error(`no event stream: HTTP ${response.status} ${await response.text()}`);
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield { event: field(block, 'event'), id: field(block, 'id'), data: field(block, 'data') };
  }
}

const field = (block: string, name: string): string | null => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? null;

/** The parts of an answer as those of the multipart protocol are; empty for a heartbeat. */
export async function* eventBodiesOf<T>(response: Response): AsyncGenerator<MultipartBody<T>, void> {
  for await (const { event, data } of blocksOf(response)) {
    if (event === 'complete') return;
    if (event !== 'next') {
      yield {};
      continue;
    }
    const payload = JSON.parse(data ?? '') as ExecutionResult<T, { cursor: string }>;
    const code = payload.errors?.[0]?.extensions['code'];
    yield ENDS.includes(String(code)) ? { payload: null, errors: payload.errors ?? [] } : { payload };
  }
}

/** A subscription over a request of its own, with the results alone. */
export class EventStreamResults<T> extends HttpResults<T> {
  constructor(url: string, operation: Operation, token?: string) {
    super((signal) => requestEventStream(url, operation, signal, token), eventBodiesOf<T>);
  }
}
