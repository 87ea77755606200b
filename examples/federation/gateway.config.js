// Hive Gateway before both subgraphs: hive-gateway supergraph dist/supergraph.graphql --config gateway.config.js
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  // Queries and mutations carry the token of whoever sent them …
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
  },
  transportEntries: {
    chat: {
      options: {
        // … and so do subscriptions, whose events arrive over a WebSocket for each token.
        subscriptions: { kind: 'ws', options: { connectionParams: { authorization: '{context.headers.authorization}' } } },
      },
    },
  },
});
