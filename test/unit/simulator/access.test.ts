import { createSigningKey } from '../../../src/simulator/webhook-sender/signing-key.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call } from './rest-client.js';

let sim: Simulator;

beforeAll(async () => {
  sim = createSimulator({ agents: 'manual', tenantId: 'north01', customerId: 'north' });
  await sim.listen();
});

afterAll(() => sim.close());

describe('access to the REST API', () => {
  it.each([{ 'x-api-key': '' }, { 'x-api-key': 'wrong' }])('is denied with %j', async (headers) => {
    const answer = await call(sim, '/conversations', { headers });
    expect(answer).toMatchObject({ status: 401, type: 'application/problem+json' });
    expect(answer.body).toMatchObject({ errors: [{ code: 'access_denied' }], referenceId: expect.any(String) as string });
  });

  it('is denied before the body is read', async () => {
    expect((await call(sim, '/conversations', { body: '{', headers: { 'x-api-key': 'wrong' } })).status).toBe(401);
  });

  it('accepts only its own tenant', async () => {
    expect((await call(sim, '/channels', { headers: { 'X-8x8-Tenant': 'north01' } })).status).toBe(200);
    const foreign = await call(sim, '/channels', { headers: { 'X-8x8-Tenant': 'south01' } });
    expect(foreign).toMatchObject({ status: 403, type: 'application/problem+json', body: { errors: [expect.any(String) as string] } });
  });

  it('is not needed for the public key', async () => {
    const key = createSigningKey('key-1');
    const other = createSimulator({ agents: 'manual', signingKey: key });
    await other.listen();
    const response = await fetch(`${other.url}/chat-gateway/v1/jwk/key-1/public`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(await key.publicJwk);
    await other.close();
  });

  it('records every call with its status', async () => {
    sim.calls.length = 0;
    await call(sim, '/channels?size=1');
    await call(sim, '/channels/none');
    const at = expect.any(Number);
    expect(sim.calls).toEqual([
      { method: 'GET', path: '/chat-gateway/v1/channels', query: { size: '1' }, at, status: 200 },
      { method: 'GET', path: '/chat-gateway/v1/channels/none', query: {}, at, status: 404 },
    ]);
  });

  it('creates ids that no other simulator creates', () => {
    const other = createSimulator({ agents: 'manual' });
    expect(new Set([...sim.channelIds, ...sim.queueIds, ...other.channelIds, ...other.queueIds]).size).toBe(8);
    return other.close();
  });
});
