// Installs the packages of the urql and Relay recipes, and builds them for their tests.
import { buildExample } from './build-example.js';

buildExample('recipes', 'dist/relay.js', ['schema.graphql']);
