// Installs the router, the composer and the second subgraph of docs/federation.md, and composes the supergraph.
import { buildExample } from './build-example.js';

buildExample('federation', 'dist/supergraph.graphql', ['subgraph.graphql']);
