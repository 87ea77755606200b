// Installs what the recipes for urql and Relay need, and builds them for their tests.
import { buildExample } from './build-example.js';

buildExample('recipes', 'dist/relay.js', ['schema.graphql']);
