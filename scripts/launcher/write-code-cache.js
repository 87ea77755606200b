// Part of the build: runs dist/gateway.cjs as launcher/main.js does and, on request, writes V8's code cache next to it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script, constants } from 'node:vm';

const filename = fileURLToPath(new URL('../../dist/gateway.cjs', import.meta.url));
const text = Buffer.concat([
  Buffer.from('(function (require, module, exports, __filename, __dirname) {'),
  readFileSync(filename),
  Buffer.from('\n})'),
]);
const script = new Script(text.toString('latin1'), {
  filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.on('message', () => {
  writeFileSync(new URL('../../dist/gateway.code', import.meta.url), script.createCachedData());
  process.exit(0);
});
const module = { exports: {} };
script.runInThisContext()(createRequire(filename), module, module.exports, filename, dirname(filename));
