import { GatewayError } from '../../domain/errors.js';
import { asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { UpstreamClient, UpstreamClientOptions } from '../upstream/upstream-client.js';
import { differs, unknown } from './finding.js';
import type { CheckResult } from './finding.js';

/** The response. */
export interface Reply {
  /** Null where no whole answer came. */
  readonly status: number | null;
  /** Null where there is none, and for all but successes. */
  readonly body: unknown;
  /** Null for a success and for 404. */
  readonly error: GatewayError | null;
}

/** A page of a list, read as leniently as can be. */
export interface SeenPage {
  readonly items: readonly UnknownRecord[];
  /** Null if unknown. */
  readonly total: number | null;
}

export type Query = Readonly<Record<string, string | number>>;

/** How a generation is asked, and how it writes lists. */
export interface Generation {
  /** Makes what calls it. `onCall` must be called with each call, those for credentials included. */
  readonly connect: (onCall: NonNullable<UpstreamClientOptions['onCall']>) => { readonly client: UpstreamClient; close(): void };
  /** The list of this name in an answer. */
  readonly findItems: (body: UnknownRecord, name: string) => readonly unknown[];
  /** Length of the whole list; null if unknown. */
  readonly findTotal: (body: UnknownRecord) => number | null;
}

/** Changes nothing, makes one call at a time, and returns any answer, errors included. */
export class Probe {
  readonly #connection: ReturnType<Generation['connect']>;
  #status: number | null = null;

  constructor(private readonly generation: Generation) {
    this.#connection = generation.connect(({ status }) => (this.#status = status));
  }

  async read(path: string, query: Query = {}, { anonymous = false } = {}): Promise<Reply> {
    try {
      const body = await this.#connection.client.read({ operation: 'doctor', path, query, asOf: null, anonymous });
      return { status: this.#status, body, error: null };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { status: this.#status, body: null, error };
    }
  }

  /** Makes the contact centre send a verification request to an address. */
  async verify(path: string, body: Readonly<Record<string, string>>): Promise<Reply> {
    try {
      await this.#connection.client.change({ operation: 'doctor', method: 'POST', accepts: 204, path, body, notFound: 'HTTP 404' });
      return { status: this.#status, body: null, error: null };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { status: this.#status, body: null, error };
    }
  }

  /** A page of a list; or what to say where there is none. */
  async page(path: string, name: string, query: Query): Promise<SeenPage | CheckResult> {
    const { status, body, error } = await this.read(path, query);
    if (error !== null || status === 404) return probeFailed(status, error);
    const record = asRecord(body);
    if (record === null) return differs('the answer is no object');
    const items = this.generation.findItems(record, name).map(asRecord);
    if (items.some((item) => item === null)) return differs('something in it is no object');
    return { items: items.filter((item) => item !== null), total: this.generation.findTotal(record) };
  }

  close(): void {
    this.#connection.close();
  }
}

/** The result of a failed read: a rejection is how the tenant behaves, anything else may be transient. */
export function probeFailed(status: number | null, error: GatewayError | null): CheckResult {
  if (status !== null && status >= 400 && status < 500 && status !== 429) return differs(`rejected with HTTP ${status}`);
  if (error?.cause instanceof Error) return unknown(error.cause.message);
  return unknown(status === null ? 'no answer' : `HTTP ${status}`);
}

/** There was nothing to see: this is what to say. */
export const isCheckResult = (seen: object): seen is CheckResult => 'result' in seen;
