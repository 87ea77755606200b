import { PageAllowance } from './page-allowance.js';
import type { Reply, Request } from './worker-protocol.js';

/** Bounds of one batch: requests, and characters of events. */
const MAX_BATCH = 256;
const MAX_BATCH_CHARACTERS = 8_388_608;

/** A request to the store's worker, and who waits for its reply. */
export interface Call {
  readonly request: Request;
  settle(reply: Reply): void;
}

/** `prompt`: as soon as possible. `page`: pages of events for subscriptions. `background`: slices of maintenance. */
export type CallKind = 'prompt' | 'page' | 'background';

/**
 * Calls that wait for the store's worker, and which of them are the next batch. Prompt calls go first, all together. Pages and slices of background work take turns, a few
 * pages or one slice at a time, each in a batch of its own after at most one batch of prompt calls: an append waits for little else, and the others still make progress.
 */
export class CallQueues {
  readonly #waiting: Readonly<Record<CallKind, Call[]>> = { prompt: [], page: [], background: [] };
  readonly #pages = new PageAllowance();
  /** Since the last batch of another kind, one of prompt calls was sent. */
  #othersAreDue = false;
  #lastOther: 'page' | 'background' = 'background';

  get isEmpty(): boolean {
    const { prompt, page, background } = this.#waiting;
    return prompt.length + page.length + background.length === 0;
  }

  /** Returns whether it is the first of its kind. */
  add(kind: CallKind, call: Call): boolean {
    return this.#waiting[kind].push(call) === 1;
  }

  /** Removes the calls of the next batch; none if nothing waits. */
  nextBatch(): Call[] {
    const { prompt } = this.#waiting;
    const other = this.#nextOther();
    const isOtherNext = other !== null && (prompt.length === 0 || this.#othersAreDue);
    this.#othersAreDue = other !== null && !isOtherNext;
    if (!isOtherNext) return prompt.splice(0, countPrompt(prompt));
    this.#lastOther = other;
    return this.#waiting[other].splice(0, other === 'page' ? this.#pages.allowed : 1);
  }

  /** Reports the replies to a batch. */
  settled(calls: readonly Call[], replies: readonly Reply[]): void {
    if (calls[0]?.request.name !== 'readPage') return;
    this.#pages.used(calls.length, countEvents(replies));
    if (this.#waiting.page.length === 0) this.#pages.reset();
  }

  /** Removes all. */
  clear(): Call[] {
    return Object.values(this.#waiting).flatMap((calls) => calls.splice(0));
  }

  #nextOther(): 'page' | 'background' | null {
    const { page, background } = this.#waiting;
    if (page.length === 0 || background.length === 0) return page.length > 0 ? 'page' : background.length > 0 ? 'background' : null;
    return this.#lastOther === 'page' ? 'background' : 'page';
  }
}

function countPrompt(calls: readonly Call[]): number {
  let characters = 0;
  const tooMany = calls.findIndex(({ request: { input } }, index) => {
    characters += countCharacters(input);
    return index === MAX_BATCH || (index > 0 && characters > MAX_BATCH_CHARACTERS);
  });
  return tooMany === -1 ? calls.length : tooMany;
}

/** Characters of the events that a request stores. */
function countCharacters(input: Request['input']): number {
  if ('json' in input) return input.json.length;
  if (!('messages' in input)) return 0;
  return input.messages.reduce((sum, { event }) => sum + event.json.length, 0);
}

/** How many events are in the pages that were read. */
function countEvents(replies: readonly Reply[]): number {
  let count = 0;
  for (const reply of replies)
    if (reply.ok && reply.result !== null && typeof reply.result === 'object' && 'events' in reply.result)
      count += reply.result.events.length;
  return count;
}
