// Writes schema.graphql, and subgraph.graphql for composers, from the built classes; with --check only compares, and fails if they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from '../build/resolvers/build-schema.js';
import { printSubgraph } from '../build/resolvers/federation/print-subgraph.js';

const schema = buildSchema();
const texts = { 'schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`, 'subgraph.graphql': printSubgraph(schema) };
for (const [name, printed] of Object.entries(texts)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, printed);
  else if (readFileSync(file, 'utf8') !== printed) {
    console.error(`${name} does not match the classes: run \`npm run schema\` and look at what changed.`);
    process.exitCode = 1;
  }
}
