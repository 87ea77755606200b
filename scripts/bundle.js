// Bundles what tsc has built into dist/: one file is read and compiled far sooner than the two thousand that it is made of (docs/adr/0006-bundle.md).
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['build/main.js', 'build/cli.js', 'build/events/embedded/worker.js'],
  outdir: 'dist',
  // Flat, so that the worker lies beside whatever chunk starts it.
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  // Shown in errors, and asked for by type-graphql.
  keepNames: true,
  // A native module, and one that type-graphql asks for only where it is used.
  external: ['libsql', 'class-validator'],
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  logLevel: 'warning',
});
