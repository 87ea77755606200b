import { deriveAppend } from '../../../../src/observability/opentelemetry/event-trace.js';

it('derives the ids of an append from the SHA-256 of its event, the same in every gateway', () => {
  expect(deriveAppend('abc')).toMatchObject({ traceId: 'ba7816bf8f01cfea414140de5dae2223', spanId: 'b00361a396177a9c' });
});
