import { untilTrue } from '../../../support/until.js';
import { ExternalBufferGc } from '../../../../src/transport/internals/external-buffer-gc.js';

it("frees dead buffers by V8's minor collection", async () => {
  const gc = new ExternalBufferGc();
  let collected = 0;
  const registry = new FinalizationRegistry(() => (collected += 1));
  for (let n = 0; n < 64; n += 1) {
    const chunk = Buffer.allocUnsafeSlow(65_536);
    registry.register(chunk, n);
    gc.count(chunk.length);
  }
  // V8 calls the registry in a task of its own, when it finds the time.
  await untilTrue(() => collected > 0);
});
