import { fastify } from 'fastify';
import type { WebhookSilence } from '../../../../src/transport/http/health.js';
import { healthRoutes } from '../../../../src/transport/http/health.js';

const MINUTE = 60_000;
/** Far from the time of this machine. */
const NOW = Date.parse('2031-05-01T12:00:00Z');

async function webhooksAt(silence: WebhookSilence | null): Promise<unknown> {
  const app = fastify();
  healthRoutes(app, {
    log: () => Promise.resolve({ ok: true, warnings: [] }),
    upstream: () => ({ lastSuccessAt: null, lastFaultAt: null, lastFaultReason: null, circuitOpen: false }),
    webhookSilence: () => silence,
    draining: () => false,
    sinks: () => null,
    clock: () => NOW,
  });
  try {
    const response = await app.inject('/readyz');
    expect(response.statusCode).toBe(200);
    return response.json<{ webhooks: unknown }>().webhooks;
  } finally {
    await app.close();
  }
}

describe('/readyz on webhooks', () => {
  it("says for how long none has arrived, by the gateway's clock", async () => {
    const since = new Date(NOW - 42 * MINUTE);
    expect(await webhooksAt({ since, openConversations: 7 })).toEqual({
      silence: { since: since.toISOString(), openConversations: 7 },
      notes: ['no webhook for 42 min, 7 conversations open: is the address registered?'],
    });
  });

  it('says nothing while they arrive', async () => {
    expect(await webhooksAt(null)).toEqual({ silence: null, notes: [] });
  });
});
