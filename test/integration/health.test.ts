import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConversationStateDocument, GatewayDocument } from '../operations/operations.generated.js';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { connectRaw } from './raw-socket.js';

interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  readonly log: { readonly ok: boolean; readonly notes: readonly string[] };
  readonly upstream: {
    readonly lastSuccessAt: string | null;
    readonly lastFaultAt: string | null;
    readonly lastFaultReason: string | null;
  };
}

let gateway: RunningGateway;
beforeEach(async () => {
  gateway = await RunningGateway.start({ overrides: { upstreamTimeoutMs: 300 } });
});
afterEach(() => gateway.stop());

async function readiness(): Promise<{ status: number; body: Readiness }> {
  const response = await fetch(`${gateway.addresses.url}/readyz`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { status: response.status, body: (await response.json()) as Readiness };
}

it('is not ready once its log file was deleted, and logs why', async () => {
  rmSync(join(gateway.directory, 'events.db'));
  await untilTrue(async () => (await readiness()).status === 503);
  const note = 'events.db was deleted while the gateway runs: put it back, or restart the gateway';
  expect((await readiness()).body.log).toEqual({ ok: false, notes: [note] });
  const lines = gateway.log.lines.filter(({ message }) => message === 'event log not ready');
  expect(lines).toEqual([{ level: 'error', message: 'event log not ready', fields: { notes: [note] } }]);
});

it('is alive', async () => {
  const response = await fetch(`${gateway.addresses.url}/healthz`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});

it('is ready, and stays ready while the upstream is down, which it reports', async () => {
  expect(await readiness()).toEqual({
    status: 200,
    body: {
      ready: true,
      draining: false,
      log: { ok: true, notes: [] },
      upstream: { lastSuccessAt: null, lastFaultAt: null, lastFaultReason: null, circuitOpen: false },
      webhooks: { silence: null, notes: [] },
    },
  });
  await gateway.ask(ConversationStateDocument, { id: 'nowhere' });
  const well = await readiness();
  expect(well.body.upstream).toEqual({ lastSuccessAt: expect.any(String), lastFaultAt: null, lastFaultReason: null, circuitOpen: false });

  const outage = gateway.simulator.holdPoints.hold('request');
  await gateway.ask(ConversationStateDocument, { id: 'nowhere' });
  outage.release();
  expect(await readiness()).toEqual({
    status: 200,
    body: {
      ...well.body,
      ready: true,
      upstream: { ...well.body.upstream, lastFaultAt: expect.any(String), lastFaultReason: 'no answer in time' },
    },
  });
});

it('says that the contact centre rejects the key, and shows neither it nor an address', async () => {
  const upstream = simulatedUpstream(gateway.simulator, gateway.generation.name);
  const other = await RunningGateway.start({ config: { upstream: { ...upstream, apiKey: 'wrong-key' } } });
  await other.ask(ConversationStateDocument, { id: 'nowhere' });
  const body = await (await fetch(`${other.addresses.url}/readyz`)).text();
  expect((JSON.parse(body) as Readiness).upstream.lastFaultReason).toBe("the contact centre rejected the gateway's credentials (HTTP 401)");
  expect(body).not.toMatch(/wrong-key|127\.0\.0\.1|http:/);
  const logged = other.log.lines.find(({ message }) => message === 'upstream call failed');
  expect(Number.isInteger(logged?.fields['durationMs'])).toBe(true);
  await other.stop();
});

it('is not ready while it drains', async () => {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  // It does not answer the close, so that the drain takes a moment.
  socket.pause();
  const closing = gateway.gateway.close();
  expect(await readiness()).toMatchObject({ status: 503, body: { ready: false, draining: true, log: { ok: true } } });
  await closing;
  socket.terminate();
  await gateway.restart();
});

it('assigns each request an id: a new one, or the one it came with', async () => {
  const idOf = async (path: string, given?: string) => {
    const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given };
    const response = await fetch(`${gateway.addresses.url}${path}`, { headers });
    await response.text();
    return response.headers.get('x-request-id');
  };
  const generated = expect.stringMatching(/^[\da-f-]{36}$/) as unknown;
  for (const path of ['/healthz', '/readyz', '/graphql', '/webhooks/8x8', '/nothing']) {
    expect(await idOf(path)).toEqual(generated);
    expect(await idOf(path, 'trace:1.2-3_4')).toBe('trace:1.2-3_4');
    for (const bad of ['', 'with space', '{"quoted"}', 'x'.repeat(101)]) expect(await idOf(path, bad)).toEqual(generated);
  }
  const { headers } = await gateway.ask(GatewayDocument);
  expect(headers.get('x-request-id')).toEqual(generated);
  const line = gateway.log.lines.findLast(({ message }) => message === 'request');
  expect(line?.fields).toMatchObject({ requestId: headers.get('x-request-id'), method: 'POST', path: '/graphql', status: 200 });
});
