import { createClient } from 'graphql-ws';
import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime';
import { subscribeResuming } from '../resuming';

/** Queries and mutations over HTTP, subscriptions over a WebSocket. `stop` closes it. */
export function relayEnvironment(httpUrl, wsUrl, webSocketImpl) {
  const socket = createClient({ url: wsUrl, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true, keepAlive: 12_000 });
  const network = Network.create(
    async ({ text }, variables) => {
      const body = JSON.stringify({ query: text, variables });
      const response = await fetch(httpUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return response.json();
    },
    ({ text }, variables) => Observable.create((sink) => subscribeResuming(socket, { query: text, variables }, sink)),
  );
  return { environment: new Environment({ network, store: new Store(new RecordSource()) }), stop: () => socket.dispose() };
}
