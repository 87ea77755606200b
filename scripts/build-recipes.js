// Installs what the recipes for urql and Relay need, and builds them for their tests.
import { buildExample } from './own-packages.js';

buildExample('recipes', 'dist/relay.js', ['schema.graphql']);
