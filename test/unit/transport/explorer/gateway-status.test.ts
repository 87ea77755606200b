import { statusTiles } from '../../../../src/transport/explorer/gateway-status.js';
import type { GatewayStatus } from '../../../../src/transport/explorer/gateway-status.js';

const NOW = new Date('2026-11-30T12:00:00Z');
const before = (ms: number) => new Date(NOW.getTime() - ms);
const IDLE: GatewayStatus = {
  upstream: { kind: 'chat-gateway-v1', simulated: true, circuitOpen: false, lastSuccessAt: null, lastFaultAt: null, lastFaultReason: null },
  log: { engine: 'SQLite, embedded', ok: true, warnings: [] },
  webhooks: { accepted: 0, rejected: 0, lastAt: null, lastRejection: null, lastEvent: null },
  sockets: 0,
  subscriptions: 1,
  versions: { gateway: '1.2.3', node: '20.19.0' },
  uptimeMs: 5_400_000,
  now: NOW,
};
const tile = (name: string, status: Partial<GatewayStatus>) => statusTiles({ ...IDLE, ...status }).find((one) => one.name === name);

it('is idle at first, not broken', () => {
  expect(statusTiles(IDLE).map(({ name, value, state }) => [name, value, state])).toEqual([
    ['Contact centre', 'Not called yet', 'idle'],
    ['Event log', 'Ready', 'ok'],
    ['Webhooks', 'None yet', 'idle'],
    ['Last event', 'None yet', 'idle'],
    ['Clients', '0 sockets', 'idle'],
    ['Version', '1.2.3', 'ok'],
  ]);
  expect(tile('Version', {})?.detail).toBe('Node.js 20.19.0, up for 1 h 30 min');
});

describe('the contact centre', () => {
  const upstream = (health: object) => tile('Contact centre', { upstream: { ...IDLE.upstream, ...health } });

  it('is healthy while its last call succeeded', () => {
    expect(upstream({ lastSuccessAt: before(500), lastFaultAt: before(60_000) })).toMatchObject({
      value: 'Healthy',
      detail: 'chat-gateway-v1, simulated; last answer just now',
      state: 'ok',
    });
  });

  it('is failing once its last call failed, and down while the circuit is open', () => {
    const failed = { lastSuccessAt: before(60_000), lastFaultAt: before(3_000), simulated: false };
    expect(upstream(failed)).toMatchObject({ value: 'Failing', detail: 'chat-gateway-v1; last call failed 3 s ago', state: 'warning' });
    expect(upstream({ ...failed, lastFaultReason: 'HTTP 503' })?.detail).toBe('chat-gateway-v1; last call failed 3 s ago: HTTP 503');
    expect(upstream({ ...failed, circuitOpen: true })).toMatchObject({ value: 'Down', state: 'error' });
  });
});

it('shows what is wrong with the event log', () => {
  const warnings = ['appendfsync is everysec'];
  expect(tile('Event log', { log: { engine: 'Redis, shared', ok: true, warnings } })).toMatchObject({
    value: 'Ready',
    detail: 'Redis, shared; appendfsync is everysec',
    state: 'warning',
  });
  expect(tile('Event log', { log: { engine: 'Redis, shared', ok: false, warnings } })).toMatchObject({
    value: 'Not writable',
    state: 'error',
  });
});

it('counts webhooks and says why the last one was rejected', () => {
  const lastEvent = { type: 'MESSAGE_ADDED', receivedAt: before(120_000) };
  const webhooks = { accepted: 7, rejected: 2, lastAt: before(4_000), lastRejection: 'refused: signature-wrong', lastEvent };
  expect(tile('Webhooks', { webhooks })).toEqual({
    name: 'Webhooks',
    value: '7 accepted, 2 rejected',
    detail: 'Last one 4 s ago; last rejection: refused: signature-wrong',
    state: 'warning',
  });
  expect(tile('Last event', { webhooks })).toMatchObject({ value: 'Message added', detail: 'Received 2 min ago' });
});
