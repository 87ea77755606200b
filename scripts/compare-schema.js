// Compares schema.graphql with schema.released.graphql, and fails if a client of the released one could break (docs/schema-promise.md).
// `--release` replaces the released schema with the current one, as part of a release. To compare two other files: compare-schema.js OLD NEW.
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const file = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const [before = file('schema.released.graphql'), after = file('schema.graphql')] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--release');

if (process.argv.includes('--release')) {
  copyFileSync(after, before);
} else {
  const read = (path) => buildSchema(readFileSync(path, 'utf8'));
  // A later release may remove what was deprecated in an earlier one.
  const changes = await diff(read(before), read(after), [DiffRule.suppressRemovalOfDeprecatedField]);
  const of = (level) => changes.filter(({ criticality }) => criticality.level === level).map(({ message }) => message);
  const breaking = of(CriticalityLevel.Breaking);
  for (const message of breaking) console.error(`breaking: ${message}`);
  for (const message of of(CriticalityLevel.Dangerous)) console.error(`dangerous: ${message}`);
  if (breaking.length > 0) {
    console.error('A client of the released schema could break: deprecate instead, see docs/schema-promise.md.');
    process.exitCode = 1;
  }
}
