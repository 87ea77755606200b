// Composes both subgraphs into dist/supergraph.graphql, or the file that is named.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const { CHAT_URL = 'http://127.0.0.1:4000/graphql', TICKETS_URL = 'http://127.0.0.1:4001/graphql' } = process.env;
const read = (path) => parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const { errors, supergraphSdl } = composeServices([
  // What the package holds as subgraph.graphql, and `{ _service { sdl } }` answers.
  { name: 'chat', url: CHAT_URL, typeDefs: read('../../subgraph.graphql') },
  { name: 'tickets', url: TICKETS_URL, typeDefs: read('tickets.graphql') },
]);
if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));

const file = process.argv[2] ?? fileURLToPath(new URL('dist/supergraph.graphql', import.meta.url));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, supergraphSdl);
