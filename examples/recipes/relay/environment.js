import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime';
import { watchfulFetch } from '../fetching';
import { subscribeResuming } from '../resuming';
import { lastingSocket } from '../socket';
import { Refused } from '../staying';

/** Queries and mutations over HTTP, subscriptions over a WebSocket; `options` are those of `lastingSocket`. `stop` closes it. */
export function relayEnvironment(httpUrl, options) {
  const socket = lastingSocket(options);
  const ask = watchfulFetch(options);
  const network = Network.create(
    async ({ text }, variables) => {
      const body = JSON.stringify({ query: text, variables });
      const response = await ask(httpUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return withData(await response.json());
    },
    ({ text }, variables) =>
      Observable.create((sink) => {
        const next = (result) => (result.data ? sink.next(result) : sink.error(new Refused(result.errors)));
        return subscribeResuming(socket, { query: text, variables }, { ...sink, next });
      }),
  );
  return { environment: new Environment({ network, store: new Store(new RecordSource()) }), stop: () => socket.dispose() };
}

/** Relay's own error for a response without data hides the codes. */
function withData(result) {
  if (!result.data) throw new Refused(result.errors);
  return result;
}
