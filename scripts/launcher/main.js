// Runs gateway.cjs with the V8 code cache of the build; V8 rejects the cache of another Node version and compiles again.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script, constants } from 'node:vm';

// Before Node 24, V8 rejects a code cache that was made with another size of the young generation. The flag has done its work: the heap was laid out by it before
// anything ran.
if (Number(process.versions.node.split('.')[0]) < 24) setFlagsFromString('--max-semi-space-size=0');

const filename = fileURLToPath(new URL('./gateway.cjs', import.meta.url));
const script = compile();
const module = { exports: {} };
script.runInThisContext()(createRequire(filename), module, module.exports, filename, dirname(filename));

/** In a function, so that nothing refers to its 15 MB of bytes any more while the script runs. */
function compile() {
  // Made of bytes, the text of which V8 uses as it is; of two strings joined it would make a third, of 5 MB, in its heap.
  const text = Buffer.concat([
    Buffer.from('(function (require, module, exports, __filename, __dirname) {'),
    readFileSync(filename),
    Buffer.from('\n})'),
  ]);
  return new Script(text.toString('latin1'), {
    filename,
    cachedData: readFileSync(new URL('./gateway.code', import.meta.url)),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}
