import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('chat', {
        source: process.env.CONTRACT,
        endpoint: process.env.UPSTREAM_URL,
        ignoreErrorResponses: true,
      }),
    },
  ],
});
