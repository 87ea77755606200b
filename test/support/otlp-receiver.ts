import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilTrue } from './until.js';

/** A value as OTLP/JSON has it. */
type AnyValue = Readonly<Record<string, unknown>>;
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2: ERROR. */
  readonly status: number;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface ReceivedExport {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const plain = (attributes: readonly KeyValue[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector: keeps what gateways export by OTLP over HTTP. Spans and metrics are read of JSON; other bodies are kept as they are. */
export class OtlpReceiver {
  readonly exports: ReceivedExport[] = [];
  /** The status that it answers. Null if it does not answer. */
  answer: number | null = 200;
  #server: Server = createServer((request, response) => void this.#receive(request, response));

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get spans(): ReceivedSpan[] {
    return this.#json('/v1/traces').flatMap(({ resourceSpans = [] }) =>
      (resourceSpans as ResourceSpans[]).flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) =>
          spans.map((span) => ({
            ...span,
            attributes: plain(span.attributes),
            status: span.status.code ?? 0,
            links: span.links ?? [],
            resource: plain(resource.attributes),
          })),
        ),
      ),
    );
  }

  /** The metrics of the last export, by name. */
  get metrics(): Map<string, ReceivedMetric> {
    const last = this.#json('/v1/metrics').at(-1);
    const metrics = ((last?.['resourceMetrics'] ?? []) as ResourceMetrics[]).flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((scope) => scope.metrics),
    );
    return new Map(metrics.map((metric) => [metric.name, metric]));
  }

  /** The spans of a trace, once `isComplete` says so of them. */
  async trace(traceId: string, isComplete: (spans: readonly ReceivedSpan[]) => boolean): Promise<ReceivedSpan[]> {
    const found = () => this.spans.filter((span) => span.traceId === traceId);
    await untilTrue(() => isComplete(found()));
    return found();
  }

  /** The first span for which this holds, once it is there. */
  async span(isWanted: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    await untilTrue(() => this.spans.some(isWanted));
    return this.spans.find(isWanted) as ReceivedSpan;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.exports.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    const type = request.headers['content-type'] ?? 'application/json';
    if (this.answer !== null) response.writeHead(this.answer, { 'content-type': type }).end(type === 'application/json' ? '{}' : '');
  }

  #json(path: string): Readonly<Record<string, unknown>>[] {
    const ofPath = this.exports.filter((one) => one.path === path && one.headers['content-type'] === 'application/json');
    return ofPath.map(({ body }) => JSON.parse(body.toString()) as Readonly<Record<string, unknown>>);
  }
}

interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly {
    readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'status' | 'links' | 'resource'> & {
      readonly attributes: readonly KeyValue[];
      readonly status: { readonly code?: number };
      readonly links?: ReceivedSpan['links'];
    })[];
  }[];
}

interface ResourceMetrics {
  readonly scopeMetrics: readonly { readonly metrics: readonly ReceivedMetric[] }[];
}

interface DataPoint {
  readonly attributes: readonly KeyValue[];
  readonly asDouble?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly bucketCounts?: readonly number[];
  readonly explicitBounds?: readonly number[];
}

export interface ReceivedMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly DataPoint[]; readonly isMonotonic: boolean; readonly aggregationTemporality: number };
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly histogram?: { readonly dataPoints: readonly DataPoint[]; readonly aggregationTemporality: number };
}

/** A metric's samples as `/metrics` writes them. */
export function samplesOf({ name, sum, gauge, histogram }: ReceivedMetric): [sample: string, value: number][] {
  const label = (point: DataPoint, more: Record<string, unknown> = {}) => {
    const pairs = Object.entries({ ...more, ...plain(point.attributes) }).map(([key, value]) => `${key}="${String(value)}"`);
    return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  };
  const numbers = (sum ?? gauge)?.dataPoints.map((point): [string, number] => [name + label(point), point.asDouble ?? NaN]) ?? [];
  const histograms = (histogram?.dataPoints ?? []).flatMap((point): [string, number][] => {
    let upTo = 0;
    const buckets = (point.bucketCounts ?? []).map((count, index): [string, number] => {
      upTo += count;
      return [`${name}_bucket${label(point, { le: point.explicitBounds?.[index] ?? '+Inf' })}`, upTo];
    });
    return [...buckets, [`${name}_sum${label(point)}`, point.sum ?? NaN], [`${name}_count${label(point)}`, point.count ?? NaN]];
  });
  return [...numbers, ...histograms];
}
