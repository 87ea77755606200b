import { fromGlobalId } from '../../src/schema/global-id.js';
import type { RunningGateway } from '../support/running-gateway.js';

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** What differs between any two sessions (ids, times, cursors) by what it stands for, so that the answers of two sessions can be compared. */
export class Recorder {
  /** What a vendor's id stands for. */
  readonly #names = new Map<string, string>();
  /** By text: the id of the first message that said it. */
  readonly #messages = new Map<string, string>();

  constructor(
    private readonly running: RunningGateway,
    private readonly conversationId: string,
  ) {}

  recorded(answer: unknown): unknown {
    this.#learn();
    this.#learnMessages(answer);
    return this.#plain(answer, '');
  }

  #learn(): void {
    const { directory } = this.running.simulator.centre;
    for (const list of [directory.agents, directory.queues, directory.channels, directory.webhooks])
      for (const { id, name } of list.values()) this.#names.set(id, `the id of ${name}`);
    this.#names.set(this.conversationId, 'the conversation');
    const { interactions } = this.running.simulator.centre.conversation(this.conversationId);
    for (const [index, { id }] of interactions.entries()) this.#names.set(id, `interaction ${index + 1}`);
  }

  /** One text, one message, one id: another id shows as such. */
  #learnMessages(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const inner of Object.values(value)) this.#learnMessages(inner);
    const { id, text, author } = value as Record<string, unknown>;
    if (typeof id !== 'string' || typeof text !== 'string' || author === undefined) return;
    const first = this.#messages.get(text) ?? id;
    this.#messages.set(text, first);
    this.#names.set(id, first === id ? `the message “${text}”` : `another message “${text}”`);
  }

  #plain(value: unknown, key: string): unknown {
    if (Array.isArray(value)) return value.map((inner) => this.#plain(inner, key));
    if (typeof value === 'number' && key.endsWith('Seconds')) return 'a number of seconds';
    if (typeof value === 'string') return this.#plainText(value, key);
    if (typeof value !== 'object' || value === null) return value;
    const plain = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#plain(inner, name)]));
    if ('occurredAt' in value) return { ...plain, id: 'an event' };
    return plain['code'] === 'UPSTREAM_REFUSED' ? { ...plain, message: "the upstream's words" } : plain;
  }

  #plainText(text: string, key: string): string {
    if (TIME.test(text)) return 'a time';
    if (/cursor$/i.test(key)) return 'a cursor';
    const named = this.#names.get(text);
    if (named !== undefined) return named;
    const global = fromGlobalId(text);
    return global === null ? text : `${global.type}(${global.parts.map((part) => this.#names.get(part) ?? part).join(', ')})`;
  }
}

/** Where two answers differ, as paths, with both sides. */
export function differences(one: unknown, other: unknown, path = ''): { path: string; one: unknown; other: unknown }[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other) ? [] : [{ path, one, other }];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.flatMap((name) =>
    differences((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`),
  );
}
