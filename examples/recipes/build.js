// Bundles the recipes for urql (with React, for a browser) and Relay (for Node), as the tests run them.
import { readFile } from 'node:fs/promises';
import { transformAsync } from '@babel/core';
import { build } from 'esbuild';

/** Puts what relay-compiler made of an operation in its place. */
const relay = {
  name: 'relay',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/relay\/[^/]+\.js$/ }, async ({ path }) => {
      const plugins = [['relay', { artifactDirectory: 'relay/__generated__', eagerEsModules: true }]];
      return { contents: (await transformAsync(await readFile(path, 'utf8'), { filename: path, plugins, configFile: false })).code };
    }),
};
const shared = { absWorkingDir: import.meta.dirname, bundle: true, format: 'esm', logLevel: 'warning' };

await build({
  ...shared,
  entryPoints: { urql: 'urql.tsx' },
  outdir: 'dist',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
});
await build({
  ...shared,
  stdin: { contents: "export * from './relay/environment.js'; export * from './relay/thread.js';", resolveDir: import.meta.dirname },
  outfile: 'dist/relay.js',
  platform: 'node',
  packages: 'external',
  plugins: [relay],
});
