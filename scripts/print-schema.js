// Writes schema.graphql from the built classes; with --check only compares, and fails if they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from '../build/resolvers/build-schema.js';

const file = new URL('../schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(buildSchema()))}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== printed) {
    console.error('schema.graphql does not match the classes: run `npm run schema` and look at what changed.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, printed);
}
