import { serverAudits } from 'graphql-http';
import { RunningGateway } from '../support/running-gateway.js';

/** Audits of level SHOULD that fail, and why that is so. */
const BAD_REQUEST =
  'Apollo Server answers 400 for a request that cannot be executed, whatever the client accepts: proxies and access logs then see it too, and clients read the body of both.';
const SHOULD_FAILURES: Readonly<Record<string, string>> = {
  'SHOULD use 200 status code on document parsing failure when accepting application/json': BAD_REQUEST,
  'SHOULD use 200 status code on document validation failure when accepting application/json': BAD_REQUEST,
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json': BAD_REQUEST,
};

describe('GraphQL over HTTP', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await RunningGateway.start();
  });
  afterAll(async () => {
    await running.stop();
  });

  const audits = serverAudits({ url: () => running.addresses.graphqlUrl });

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
    const result = await audit.fn();
    if (result.status === 'ok') {
      expect(SHOULD_FAILURES).not.toHaveProperty([name]);
      return;
    }
    await result.response.body?.cancel();
    if (name.startsWith('MUST')) throw new Error(result.reason);
    if (name.startsWith('SHOULD')) expect([name, result.reason, name in SHOULD_FAILURES]).toEqual([name, result.reason, true]);
  });
});
