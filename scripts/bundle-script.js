// One script with all that it imports in one file, as the gateway is shipped.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CHEAP_SPREADS, spreadCheaply } from './bundle/replace-object-spread.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What a format needs besides. Only a CommonJS script can be handed its code on Node 20; modules bundled into an ES module may ask for `require`. */
const FORMATS = {
  cjs: {
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: CHEAP_SPREADS + "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
  },
  esm: {
    banner: { js: CHEAP_SPREADS + "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  },
};

/** Loaded by a gateway that exports telemetry, and by no other: a file of its own beside what imports it. */
const telemetryApart = {
  name: 'telemetry apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/opentelemetry\/open\.js$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './telemetry.cjs', external: true } : null,
    ),
};

/**
 * GraphQL's ES modules for everybody. Of its CommonJS ones each of the hundred modules that import it would get an object of its own, with an accessor for each of two hundred
 * names: 5 MB of memory, made at each start, and two accessors on the way to each function.
 */
const graphqlOfModules = {
  name: 'graphql of ES modules',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /^graphql($|\/)/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === graphqlOfModules) return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: graphqlOfModules });
      return { ...found, path: found.path.replace(/\.js$/, '.mjs') };
    }),
};

/** Bundles `from` into `to`, both relative to the project's root; `options`: further ones of esbuild. Returns esbuild's list of what went into it. */
export async function bundleScript(from, to, format, options = {}) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    format,
    ...FORMATS[format],
    bundle: true,
    platform: 'node',
    target: 'node20',
    // What stands for spreads then is made cheap below. What a script imports that was handed its code is required: `import()` is an experimental feature there, with a warning.
    supported: { 'object-rest-spread': false, 'dynamic-import': format !== 'cjs' },
    sourcemap: true,
    metafile: true,
    // Shown in errors, and asked for by type-graphql.
    keepNames: true,
    // V8 holds the text for as long as the process lives. Without its comments it is a third smaller, and of ASCII only, of which V8 keeps a byte for each character instead of two.
    minifyWhitespace: true,
    lineLimit: 200,
    legalComments: 'external',
    // A native module, and one that type-graphql asks for only where it is used.
    external: ['libsql', 'class-validator'],
    // In a bundle, Apollo's package falls back to hashing in JavaScript.
    alias: { '@apollo/utils.createhash': 'node:crypto' },
    plugins: [telemetryApart, graphqlOfModules],
    ...options,
    logLevel: 'warning',
  });
  nameOnlyClasses(join(root, to));
  spreadCheaply(join(root, to));
  return metafile;
}

/**
 * esbuild gives every function its name anew each time that it is made, which takes a twentieth of the time of a webhook. Only names of classes are asked for, by type-graphql
 * and in errors: they name themselves in a block of their own.
 */
function nameOnlyClasses(file) {
  const naming = /var __name=(\(target,value\)=>[^;]*;)/;
  const code = readFileSync(file, 'utf8');
  if (!naming.test(code)) throw new Error(`${file} does not name functions as it did`);
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${file} is not of ASCII only`);
  // Of the same length, so that the source map stays true. A line may end within the call.
  const named = code.replace(/__name\((\s*this,)/g, '__nams($1').replace(naming, 'var __name=(target)=>target;var __nams=$1');
  if (/static\s*\{\s*__name\(/.test(named)) throw new Error(`${file} has classes that do not name themselves`);
  writeFileSync(file, named);
}
