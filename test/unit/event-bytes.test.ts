import { EVERYONE_IS_ADMIN } from '../../src/auth/viewer.js';
import { RequestContext } from '../../src/context/request-context.js';
import type { Services } from '../../src/context/services.js';
import { BytesInFlight } from '../../src/datasources/upstream/bytes-in-flight.js';

const viewer = { ...EVERYONE_IS_ADMIN, identity: 'mia' };

/** A context whose loaders already hold something. */
function contextOver(bytesInFlight: BytesInFlight) {
  const head = () => Promise.resolve({ cursor: () => 'cursor' });
  return new RequestContext({ bytesInFlight, log: { head }, api: {}, requestTimeoutMs: 60_000 } as unknown as Services, {
    viewer,
    requestId: 'r1',
  });
}
const readIn = async ({ loaders }: RequestContext) => (await loaders.asOf('all')).bytes?.hold(10);

describe('what is read for an event of a subscription', () => {
  it('is counted while the event is worked on, and no longer', async () => {
    const bytes = new BytesInFlight();
    const context = contextOver(bytes);
    let held = 0;
    await context.fork(async (one) => {
      await readIn(one);
      held = bytes.heldBy('mia');
    });
    expect([held, bytes.heldBy('mia')]).toEqual([10, 0]);
  });

  it('is released where the event fails', async () => {
    const bytes = new BytesInFlight();
    const failing = async (one: RequestContext) => {
      await readIn(one);
      throw new Error('broken');
    };
    await expect(contextOver(bytes).fork(failing)).rejects.toThrow('broken');
    expect(bytes.heldBy('mia')).toBe(0);
  });

  it('is counted apart from what its subscription holds', async () => {
    const bytes = new BytesInFlight();
    const context = contextOver(bytes);
    await readIn(context);
    await context.fork(readIn);
    expect(bytes.heldBy('mia')).toBe(10);
    context.release();
    expect(bytes.heldBy('mia')).toBe(0);
  });
});
