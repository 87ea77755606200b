import { setImmediate as nextTick } from 'node:timers/promises';
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
  for (let tick = 0; tick < 50 && collected === 0; tick += 1) await nextTick();
  expect(collected).toBeGreaterThan(0);
});
