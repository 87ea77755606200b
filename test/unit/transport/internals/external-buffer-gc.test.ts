import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../../build/transport/internals/external-buffer-gc.js', import.meta.url));

/** In a process of its own, with the gateway's heap: the most bytes of dead buffers while 128 MiB are streamed through, looked at every 4 MiB. */
function peakBytes(isCounted: boolean): number {
  const program = `
    import { setImmediate as nextTick } from 'node:timers/promises';
    import { ExternalBufferGc } from ${JSON.stringify(BUILT)};
    const gc = new ExternalBufferGc();
    let peak = 0;
    for (let n = 1; n <= 2048; n += 1) {
      const { length } = Buffer.allocUnsafeSlow(65_536);
      ${isCounted ? 'gc.count(length);' : ''}
      if (n % 64 > 0) continue;
      await nextTick();
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }
    console.log(peak);`;
  return Number(execFileSync(process.execPath, ['--max-semi-space-size=32', '--input-type=module', '-e', program], { encoding: 'utf8' }));
}

it('frees dead buffers every 4 MiB, of which V8 by itself lets many more pile up', () => {
  expect(peakBytes(true)).toBeLessThan(peakBytes(false) / 2);
});
