import fastify from 'fastify';
import { securityHeaders } from '../../../../src/transport/http/security-headers.js';

it.each([
  [true, 'max-age=31536000'],
  [false, undefined],
])('asks browsers to stay with TLS only where clients come by it (%s)', async (https, expected) => {
  const app = fastify();
  app.addHook('onRequest', securityHeaders(https));
  app.get('/', () => 'x');
  const { headers } = await app.inject('/');
  expect(headers['strict-transport-security']).toBe(expected);
  await app.close();
});
