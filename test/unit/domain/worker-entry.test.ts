import { workerUrl } from '../../../src/domain/worker-entry.js';

it.each([
  ['file:///srv/dist/gateway.cjs', 'file:///srv/dist/worker.js'],
  ['file:///srv/build/events/sqlite/start-worker.js', 'file:///srv/build/events/sqlite/worker.js'],
  ['file:///srv/src/events/sqlite/start-worker.ts', 'file:///srv/build/events/sqlite/worker.js'],
  ['file:///home/src/gateway/src/webhooks/signature-checks.ts', 'file:///home/src/gateway/build/webhooks/worker.js'],
])('beside %s it is %s', (here, file) => {
  expect(workerUrl('./worker.js', here).href).toBe(file);
});
