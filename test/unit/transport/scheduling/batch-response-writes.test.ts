import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { batchResponseWrites } from '../../../../src/transport/scheduling/batch-response-writes.js';

it('writes no answer before all of its turn are worked out', async () => {
  const app = fastify();
  batchResponseWrites(app);
  const seen: string[] = [];
  const asked: (() => void)[] = [];
  app.get('/:name', async ({ params }, reply) => {
    const { name } = params as { name: string };
    const { raw } = reply;
    const end = raw.end.bind(raw);
    raw.end = ((...args: Parameters<typeof end>) => {
      seen.push(`${name} written`);
      return end(...args);
    }) as typeof raw.end;
    await new Promise<void>((resolve) => {
      asked.push(resolve);
      if (asked.length === 3) app.server.emit('all');
    });
    seen.push(`${name} worked out`);
    return name;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const all = once(app.server, 'all');
  const { port } = app.server.address() as AddressInfo;
  const names = ['a', 'b', 'c'];
  const answers = names.map(async (name) => (await fetch(`http://127.0.0.1:${port}/${name}`)).text());
  await all;
  for (const answer of asked) answer();
  await expect(Promise.all(answers)).resolves.toEqual(names);
  expect(seen.slice(0, 3).every((line) => line.endsWith('worked out'))).toBe(true);
  expect(seen.slice(3).every((line) => line.endsWith('written'))).toBe(true);
  await app.close();
});
