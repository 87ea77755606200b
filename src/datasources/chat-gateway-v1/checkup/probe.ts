import { GatewayError } from '../../../domain/errors.js';
import { asNumber, asRecord } from '../../../domain/read.js';
import type { UnknownRecord } from '../../../domain/read.js';
import type { UpstreamClient } from '../../upstream-client.js';
import { chatGatewayClient } from '../client.js';
import type { ChatGatewayV1Options } from '../client.js';
import { embedded } from '../hal.js';
import { differs, unknown } from './finding.js';
import type { Verdict } from './finding.js';

/** What came back. */
export interface Reply {
  /** Null where no whole answer came. */
  readonly status: number | null;
  /** Null where there is none, and for all but successes. */
  readonly body: unknown;
  /** Null for a success and for 404. */
  readonly fault: GatewayError | null;
}

/** A page of a list, read as leniently as can be. */
export interface SeenPage {
  readonly items: readonly UnknownRecord[];
  /** Null where it is not told. */
  readonly total: number | null;
}

type Query = Readonly<Record<string, string | number>>;

/** Only ever reads, one call at a time, and tells what came back whatever it is. */
export class Probe {
  readonly #client: UpstreamClient;
  #status: number | null = null;

  constructor(options: Omit<ChatGatewayV1Options, 'onCall'>) {
    this.#client = chatGatewayClient({ ...options, onCall: ({ status }) => (this.#status = status) });
  }

  async read(path: string, query: Query = {}, { anonymous = false } = {}): Promise<Reply> {
    try {
      const body = await this.#client.read({ operation: 'doctor', path, query, asOf: null, anonymous });
      return { status: this.#status, body, fault: null };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { status: this.#status, body: null, fault: error };
    }
  }

  /** A page of a list; or what to say where there is none. */
  async page(path: string, rel: string, query: Query): Promise<SeenPage | Verdict> {
    const { status, body, fault } = await this.read(path, query);
    if (fault !== null || status === 404) return troubled(status, fault);
    if (asRecord(body) === null) return differs('the answer is no object');
    const items = embedded(body, rel).map(asRecord);
    if (items.some((item) => item === null)) return differs('something in it is no object');
    const total = asNumber(asRecord(asRecord(body)?.['page'])?.['totalElements']);
    return { items: items.filter((item) => item !== null), total };
  }

  close(): void {
    this.#client.close();
  }
}

/** What it means that something was not answered as it should: a refusal is the tenant's own way, anything else may pass. */
export function troubled(status: number | null, fault: GatewayError | null): Verdict {
  if (status !== null && status >= 400 && status < 500 && status !== 429) return differs(`refused with HTTP ${status}`);
  if (fault?.cause instanceof Error) return unknown(fault.cause.message);
  return unknown(status === null ? 'no answer' : `HTTP ${status}`);
}

/** There was nothing to see: this is what to say. */
export const isVerdict = (seen: object): seen is Verdict => 'result' in seen;
