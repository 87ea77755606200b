import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { Config } from '../../src/config.js';
import { createGateway } from '../../src/gateway.js';
import type { Addresses } from '../../src/composition/addresses.js';
import type { Overrides } from '../../src/composition/overrides.js';
import type { Gateway } from '../../src/gateway.js';
import type { Logger } from '../../src/observability/logger.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { CHAT_API_V2, CHAT_GATEWAY_V1 } from './generations.js';
import type { Generation } from './generations.js';
import { VendorContract } from './vendor-contract.js';
import { EventStreamResults } from './event-stream-results.js';
import { patiently } from './patience.js';
import { MultipartResults } from './multipart-results.js';
import type { HttpResults, Operation, ResultIterator } from './multipart-results.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';

/** Made once for each test file: a key takes longer than many a test. */
const signingKey = createSigningKey('test-key');

/** `EXECUTE=compiled` or `interpreted` has every test run by the one executor or the other; without it a document is compiled when it comes again, as in production. */
const COMPILED: Overrides =
  process.env['EXECUTE'] === undefined ? {} : { compiledAfter: process.env['EXECUTE'] === 'compiled' ? 0 : Infinity };

/** Keeps the log lines, for tests to look at. */
export class KeptLog implements Logger {
  readonly lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  readonly debug = this.#keep('debug');
  readonly info = this.#keep('info');
  readonly warn = this.#keep('warn');
  readonly error = this.#keep('error');

  #keep(level: string) {
    return (fields: object, message: string): void => {
      this.lines.push({ level, message, fields: fields as Record<string, unknown> });
    };
  }
}

export interface GatewayOptions {
  /** Of the upstream; the newer one by default. */
  readonly generation?: Generation;
  readonly simulator?: SimulatorOptions;
  readonly overrides?: Overrides;
  readonly config?: Partial<Config>;
  /** What subscriptions go over; WebSocket by default. */
  readonly transport?: Transport;
}

/** The transports of subscriptions, for tests that run over each. */
export const TRANSPORTS = ['WebSocket', 'multipart', 'event stream'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Each transport of events once, and each generation of the upstream. */
export const SETTINGS: readonly { readonly generation: Generation; readonly transport: Transport }[] = [
  ...TRANSPORTS.map((transport) => ({ generation: CHAT_GATEWAY_V1, transport })),
  { generation: CHAT_API_V2, transport: TRANSPORTS[0] },
];

/** What a GraphQL client gets back. */
export interface Answer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly GraphQLFormattedError[];
  readonly headers: Headers;
}

/** A running subscription: `next()` waits for one result. */
export interface Results<T> {
  next(): Promise<ExecutionResult<T, { cursor: string }>>;
  /** The next `count` results. */
  take(count: number): Promise<ExecutionResult<T, { cursor: string }>[]>;
  stop(): Promise<void>;
}

/** A gateway in this process, with a simulated contact centre outside of it, both on free ports, and a client for it. */
export class RunningGateway {
  readonly log = new KeptLog();
  /** Holds every upstream call, unless a test puts an upstream of its own in the simulator's place, against the vendor's description, where that is present. */
  readonly contract: VendorContract | null;
  #client: Client | null = null;
  readonly #overHttp = new Set<HttpResults<unknown>>();

  private constructor(
    readonly simulator: Simulator,
    readonly directory: string,
    private readonly options: GatewayOptions,
    public gateway: Gateway,
    public addresses: Addresses,
  ) {
    this.contract = VendorContract.load((options.generation ?? CHAT_GATEWAY_V1).contract);
  }

  get generation(): Generation {
    return this.options.generation ?? CHAT_GATEWAY_V1;
  }

  static async start(options: GatewayOptions = {}): Promise<RunningGateway> {
    const generation = (options.generation ?? CHAT_GATEWAY_V1).name;
    const simulator = createSimulator({ agents: 'manual', generation, signingKey, ...options.simulator });
    await simulator.listen();
    const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const running = new RunningGateway(simulator, directory, options, null as never, null as never);
    await running.restart();
    return running;
  }

  /** Starts the gateway, or starts it again over the same event log. */
  async restart(port = 0): Promise<void> {
    const config: Config = {
      host: '127.0.0.1',
      port,
      upstream: simulatedUpstream(this.simulator, this.generation.name),
      eventLog: { directory: this.directory },
      eventRetentionMs: 72 * 3_600_000,
      retryHorizonMs: 24 * 3_600_000,
      upstreamCalls: { timeoutMs: patiently(10_000), inFlight: 128 },
      requestTimeoutMs: patiently(15_000),
      healing: { afterMs: 30_000, callsPerSecond: 0 },
      simulatorFaults: {},
      webhookMaxAgeMs: 300_000,
      publicUrl: null,
      auth: { mode: 'off', secret: null, jwksUrl: null, issuer: null, audience: null },
      corsOrigins: [],
      trustProxy: [],
      rateLimit: null,
      connectionLimit: { viewer: 10, service: 10 },
      introspection: true,
      trustedDocuments: null,
      federation: false,
      drainMs: 1_000,
      drainNoticeMs: 0,
      logLevel: 'info',
      telemetry: null,
      sinks: null,
      production: false,
      warnings: [],
      ...this.options.config,
    };
    const isSimulator = 'url' in config.upstream && config.upstream.url === this.simulator.url;
    const carried = this.contract !== null && isSimulator ? { upstreamAdapter: this.contract.adapter } : {};
    this.gateway = await createGateway(config, {
      logger: this.log,
      channelLookupMs: patiently(30_000),
      ...COMPILED,
      ...carried,
      ...this.options.overrides,
    });
    this.addresses = await this.gateway.listen();
    this.simulator.setWebhookUrl(this.addresses.webhookUrl);
  }

  async stop(): Promise<void> {
    await this.#client?.dispose();
    this.#client = null;
    await Promise.all([...this.#overHttp].map((results) => results.return()));
    await this.gateway.close();
    await this.simulator.close();
    rmSync(this.directory, { recursive: true, force: true });
    const violations = new Set(this.contract?.violations);
    if (violations.size > 0) throw new Error(`calls break the vendor's contract:\n${[...violations].slice(0, 20).join('\n')}`);
  }

  /** Sends a query or mutation over HTTP. */
  async ask<T, V>(document: TypedDocumentNode<T, V>, ...[variables]: V extends Record<string, never> ? [] : [V]): Promise<Answer<T>> {
    return this.post({ query: print(document), variables });
  }

  /** Like `ask`, and fails unless there is data and no error. */
  async get<T, V>(document: TypedDocumentNode<T, V>, ...variables: V extends Record<string, never> ? [] : [V]): Promise<T> {
    const { data, errors } = await this.ask(document, ...variables);
    if (errors.length > 0 || data === null) throw new Error(`the answer has errors: ${JSON.stringify(errors)}`);
    return data;
  }

  /** Sends any body to `/graphql`. */
  async post<T>(body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const response = await fetch(this.addresses.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { data = null, errors = [] } = (await response.json()) as { data?: T | null; errors?: GraphQLFormattedError[] };
    return { status: response.status, data, errors, headers: response.headers };
  }

  /** Subscribes, over the gateway's transport unless another is named: with the `graphql-ws` client, over one socket for all, or with a request of its own. */
  subscribe<T, V extends Record<string, unknown>>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    transport: Transport = this.options.transport ?? 'WebSocket',
  ): Results<T> {
    const iterator = this.#iterate<T>({ query: print(document), variables }, transport);
    const next = async () => {
      const result = await iterator.next();
      if (result.done === true) throw new Error('the subscription is over');
      return result.value as ExecutionResult<T, { cursor: string }>;
    };
    return {
      next,
      take: async (count) => {
        const results = [];
        while (results.length < count) results.push(await next());
        return results;
      },
      stop: async () => {
        await iterator.return();
      },
    };
  }

  #iterate<T>(operation: Operation, transport: Transport): ResultIterator<T> {
    if (transport !== 'WebSocket') {
      const Results = transport === 'multipart' ? MultipartResults<T> : EventStreamResults<T>;
      const results = new Results(this.addresses.graphqlUrl, operation);
      this.#overHttp.add(results);
      return results;
    }
    this.#client ??= createClient({ url: this.addresses.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true });
    const results = this.#client.iterate<T, { cursor: string }>(operation) as AsyncGenerator<ExecutionResult<T, { cursor: string }>>;
    return { next: () => results.next(), return: () => results.return(undefined) };
  }
}
