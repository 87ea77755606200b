#!/bin/sh
# esbuild 0.25.12 with graphql 16.15.0 (or any CommonJS package): each ES module that imports it gets a namespace object of its own, with an accessor for each export.
#
# One would guess: a bundle holds a package once, and what its modules import of it is one namespace, as in Node: `import * as a from 'graphql'` in two files is one object.
# What happens: for platform node, esbuild takes the package's CommonJS entry (`main`), and calls `__toESM(require_graphql())` once in each importing file, which copies the exports
# to a new object, one getter after the other, when the bundle starts. A hundred importers of graphql's two hundred exports are 20,000 getters.
# Why it matters: a GraphQL server of ordinary size started with 4 to 5 MB of getters and their contexts, and reached `isNonNullType` and the like through two accessors on every
# request. By the package's ES modules (an alias for `graphql` and all of its subpaths, so that there is one copy for whoever requires it, too), nothing of it is left.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund esbuild@0.25.12 graphql@16.15.0

cat > program.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build, version } from 'esbuild';

const IMPORTERS = 100;
for (let n = 0; n < IMPORTERS; n += 1) {
  writeFileSync(`importer-${n}.js`, `import * as graphql from 'graphql';\nexport const namespace = () => graphql;\nexport const check = (type) => graphql.isNonNullType(type);\n`);
}
const names = Array.from({ length: IMPORTERS }, (_, n) => `importer_${n}`);
writeFileSync(
  'entry.js',
  names.map((name, n) => `import * as ${name} from './importer-${n}.js';\n`).join('') + `export const all = [${names.join()}].map((one) => one.namespace());\n`,
);
const require = createRequire(import.meta.url);
const esModules = {
  name: 'graphql of ES modules',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /^graphql($|\/)/ }, async ({ path, pluginData, ...where }) => {
      if (pluginData === 'resolved') return undefined;
      const found = await resolve(path, { ...where, pluginData: 'resolved' });
      return { ...found, path: found.path.replace(/\.js$/, '.mjs') };
    }),
};

async function count(outfile, plugins) {
  await build({ entryPoints: ['entry.js'], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', plugins });
  const { all } = require(`./${outfile}`);
  return { namespaces: new Set(all).size, exports: Object.keys(all[0]).length };
}

const { all } = await import('./entry.js');
const inNode = new Set(all).size;
const bundled = await count('bundle.cjs', []);
const byModules = await count('modules.cjs', [esModules]);
console.log(`esbuild ${version}, graphql ${require('graphql/package.json').version}, Node ${process.version}`);
console.log(`${IMPORTERS} importers; distinct namespaces of graphql: in Node ${inNode}, bundled ${bundled.namespaces} (of ${bundled.exports} exports each), by its ES modules ${byModules.namespaces}`);
process.exitCode = inNode === 1 && bundled.namespaces === IMPORTERS && byModules.namespaces === 1 ? 0 : 1;
JS
node program.mjs
