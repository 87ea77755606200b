import { getMetadataStorage } from 'type-graphql';
import { RunningGateway } from '../support/running-gateway.js';

it('loads nothing of federation without FEDERATION, and all of it with', async () => {
  const isLoaded = () => getMetadataStorage().queries.some(({ schemaName }) => schemaName === '_entities');
  await (await RunningGateway.start()).stop();
  expect(isLoaded()).toBe(false);
  await (await RunningGateway.start({ config: { federation: true } })).stop();
  expect(isLoaded()).toBe(true);
});
