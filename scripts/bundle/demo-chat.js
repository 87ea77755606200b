// The demo chat, bundled from examples/web-chat with the packages of the root: `npm start` serves it without an installation or a build of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licensesOf } from './licenses.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chat = join(root, 'examples/web-chat');
const ENDINGS = ['.ts', '.tsx', '.css'];

/** Writes a page, its script, its styles and the licences of its packages into a folder. */
export async function bundleDemoChat(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { chat: join(chat, 'src/main.tsx') },
    outdir: folder,
    bundle: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    conditions: ['production'],
    // As Vite defines them, whose variables are for chats that are served from elsewhere.
    define: { 'import.meta.env': '{}', 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    plugins: [ownSources(), packagesOfTheRoot()],
    logLevel: 'warning',
  });
  writeFileSync(join(root, folder, 'LICENSES.txt'), licensesOf([metafile]));
  writeFileSync(join(root, folder, 'index.html'), page());
}

/** The page of the example, which names the source of its script. */
function page() {
  const source = readFileSync(join(chat, 'index.html'), 'utf8');
  const script = '<script type="module" src="/src/main.tsx"></script>';
  if (!source.includes(script)) throw new Error(`examples/web-chat/index.html must contain ${script}`);
  return source
    .replace(script, '<script type="module" src="./chat.js"></script>')
    .replace('</head>', '  <link rel="stylesheet" href="./chat.css" />\n  </head>');
}

/** Tells files apart whose names differ in case only; esbuild resolves them as file systems without case would. */
function ownSources() {
  return {
    name: 'own sources',
    setup(bundle) {
      bundle.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        if (resolveDir.includes('node_modules')) return undefined;
        const found = ENDINGS.map((ending) => join(resolveDir, `${path}${ending}`)).find((file) => existsSync(file));
        return found === undefined ? undefined : { path: found };
      });
    },
  };
}

/** Each package once, whatever is installed in the example's own folder; the client package from its source. */
function packagesOfTheRoot() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'client/package.json'), 'utf8'));
  const client = new Map(Object.entries(exports).map(([entry, { source }]) => [join(name, entry), source]));
  const AT_ROOT = Symbol('resolved from the root');
  return {
    name: 'packages of the root',
    setup(bundle) {
      bundle.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind, resolveDir, pluginData }) => {
        const source = client.get(path);
        if (source !== undefined) return { path: join(root, 'client', source) };
        if (pluginData === AT_ROOT || kind === 'entry-point' || resolveDir.includes('node_modules')) return undefined;
        return bundle.resolve(path, { kind, importer, resolveDir: root, pluginData: AT_ROOT });
      });
    },
  };
}
