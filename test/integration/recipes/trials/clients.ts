import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { ApolloClient } from '@apollo/client';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { PACKAGE_CLIENTS } from './package-clients.js';
import { TIMING } from './timing.js';

/** The address of a gateway, and a token for it whenever it is asked for. */
export interface Access {
  readonly graphqlUrl: string;
  readonly wsUrl: string;
  readonly token: () => Promise<string>;
}

/** A client that follows a conversation. */
export interface Following {
  /** The texts of the messages that it shows. */
  texts(): readonly (string | null)[] | Promise<readonly (string | null)[]>;
  stop(): Promise<unknown>;
}

type Open = (access: Access, id: string) => Promise<Following>;

interface Message {
  readonly text: string | null;
}
type Show = (messages: readonly Message[]) => void;

const FOLDER = fileURLToPath(new URL('../../../../examples/recipes', import.meta.url));
let loading: Promise<unknown> = Promise.resolve();

/** A recipe, loaded as it is, with the packages of its own. One by one: Jest mixes up modules that are loaded in parallel. */
function recipe<T>(file: string): Promise<T> {
  loading = loading.then(() => import(join(FOLDER, file)));
  return loading as Promise<T>;
}
interface Staying {
  stay(way: unknown, options: { signal: AbortSignal }): Promise<void>;
}
interface Sockets {
  lastingSocket(options: object): Client;
}
interface Fetching {
  watchfulFetch(options: object): typeof fetch;
}

const socketOptions = ({ wsUrl, token }: Access) => ({ url: wsUrl, token, webSocketImpl: WebSocket, ...TIMING });

/** Follows by `stay`, whichever way the client goes. */
async function staying(way: (show: Show) => unknown, close: () => unknown = () => undefined): Promise<Following> {
  const { stay } = await recipe<Staying>('staying.ts');
  let shown: readonly Message[] = [];
  const ending = new AbortController();
  const over = stay(
    way((messages) => (shown = messages)),
    { signal: ending.signal, ...TIMING },
  );
  return {
    texts: () => shown.map(({ text }) => text),
    stop: async () => {
      ending.abort();
      await over;
      await close();
    },
  };
}

const graphqlWs: Open = async (access, id) => {
  const { lastingSocket } = await recipe<Sockets>('socket.ts');
  const { socketThread } = await recipe<{ socketThread(socket: Client, id: string, show: Show): unknown }>('graphql-ws.ts');
  const socket = lastingSocket(socketOptions(access));
  return staying(
    (show) => socketThread(socket, id, show),
    () => socket.dispose(),
  );
};

interface Apollo {
  overWebSocket(httpUrl: string, options: object): { client: ApolloClient; stop(): unknown };
  overHttpAlone(httpUrl: string, options: object): ApolloClient;
  apolloThread(client: ApolloClient, id: string, show: Show): unknown;
}

const apolloOverWebSocket: Open = async (access, id) => {
  const { overWebSocket, apolloThread } = await recipe<Apollo>('apollo-client.ts');
  const { client, stop } = overWebSocket(access.graphqlUrl, { ...socketOptions(access), silentMs: TIMING.silentMs });
  return staying(
    (show) => apolloThread(client, id, show),
    () => (client.stop(), stop()),
  );
};

const apolloOverHttp: Open = async ({ graphqlUrl, token }, id) => {
  const { overHttpAlone, apolloThread } = await recipe<Apollo>('apollo-client.ts');
  const client = overHttpAlone(graphqlUrl, { token, ...TIMING });
  return staying(
    (show) => apolloThread(client, id, show),
    () => client.stop(),
  );
};

const meros: Open = async ({ graphqlUrl, token }, id) => {
  const { watchfulFetch } = await recipe<Fetching>('fetching.ts');
  const { fetchedThread } = await recipe<{ fetchedThread(url: string, ask: typeof fetch, id: string, show: Show): unknown }>('meros.ts');
  return staying((show) => fetchedThread(graphqlUrl, watchfulFetch({ token, ...TIMING }), id, show));
};

const graphqlSse: Open = async ({ graphqlUrl, token }, id) => {
  const { watchfulFetch } = await recipe<Fetching>('fetching.ts');
  const { streamedThread } = await recipe<{ streamedThread(url: string, ask: typeof fetch, id: string, show: Show): unknown }>(
    'graphql-sse.ts',
  );
  return staying((show) => streamedThread(graphqlUrl, watchfulFetch({ token, ...TIMING }), id, show));
};

type OverBoth = (url: string, ask: typeof fetch, socket: Client | null, id: string, show: Show) => unknown;

const graphqlTools: Open = async (access, id) => {
  const { lastingSocket } = await recipe<Sockets>('socket.ts');
  const { watchfulFetch } = await recipe<Fetching>('fetching.ts');
  const { executedThread } = await recipe<{ executedThread: OverBoth }>('graphql-tools.ts');
  const socket = lastingSocket(socketOptions(access));
  return staying(
    (show) => executedThread(access.graphqlUrl, watchfulFetch({ token: access.token, ...TIMING }), socket, id, show),
    () => socket.dispose(),
  );
};

const graphqlToolsOverHttp: Open = async ({ graphqlUrl, token }, id) => {
  const { watchfulFetch } = await recipe<Fetching>('fetching.ts');
  const { executedThread } = await recipe<{ executedThread: OverBoth }>('graphql-tools.ts');
  return staying((show) => executedThread(graphqlUrl, watchfulFetch({ token, ...TIMING }), null, id, show));
};

interface Villus {
  villusClient(url: string, ask: typeof fetch, socket: Client): unknown;
  villusThread(client: unknown, id: string, show: Show): unknown;
}

const villus: Open = async (access, id) => {
  const { lastingSocket } = await recipe<Sockets>('socket.ts');
  const { watchfulFetch } = await recipe<Fetching>('fetching.ts');
  const { villusClient, villusThread } = await recipe<Villus>('villus.ts');
  const socket = lastingSocket(socketOptions(access));
  const client = villusClient(access.graphqlUrl, watchfulFetch({ token: access.token, ...TIMING }), socket);
  return staying(
    (show) => villusThread(client, id, show),
    () => socket.dispose(),
  );
};

interface Relay {
  relayEnvironment(httpUrl: string, options: object): { environment: unknown; stop(): Promise<void> };
  openThread(environment: unknown, id: string, count: number, options: object): Promise<RelayThread>;
}
interface RelayThread {
  readonly over: Promise<void>;
  messages(): { readonly edges: readonly { readonly node: Message }[] };
  close(): void;
}

const relay: Open = async (access, id) => {
  const { relayEnvironment, openThread } = await recipe<Relay>('dist/relay.js');
  const { environment, stop } = relayEnvironment(access.graphqlUrl, { ...socketOptions(access), silentMs: TIMING.silentMs });
  const thread = await openThread(environment, id, 20, TIMING);
  return {
    texts: () => thread.messages().edges.map(({ node }) => node.text),
    stop: async () => {
      thread.close();
      await thread.over;
      await stop();
    },
  };
};

/** Each client that docs/recipes has a recipe for and that runs in Node, and the package's own; urql's, with React, runs in a browser. */
export const CLIENTS: readonly (readonly [string, Open])[] = [
  ['graphql-ws', graphqlWs],
  ['Apollo Client over a WebSocket', apolloOverWebSocket],
  ['Apollo Client over HTTP alone', apolloOverHttp],
  ['Relay', relay],
  ['villus', villus],
  ['fetch with meros', meros],
  ['graphql-sse over event streams', graphqlSse],
  ['the executors of GraphQL Tools', graphqlTools],
  ['the HTTP executor of GraphQL Tools over event streams', graphqlToolsOverHttp],
  ...PACKAGE_CLIENTS,
];
