// Hive Gateway before both subgraphs: hive-gateway supergraph dist/supergraph.graphql --config-path gateway.config.js
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  // Queries and mutations carry the token of whoever sent them, to the chat subgraph alone …
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) =>
      subgraphName === 'chat' ? { authorization: request.headers.get('authorization') } : {},
  },
  transportEntries: {
    chat: {
      options: {
        // … and so do subscriptions, whose events arrive over one WebSocket for each token. The router repeats a subscription as it was first asked for when its
        // socket closes; `endWithError` has it end instead, so that its client resumes after its last cursor.
        subscriptions: {
          kind: 'ws',
          options: { connectionParams: { authorization: '{context.headers.authorization}', endWithError: 'true' } },
        },
      },
    },
  },
});
