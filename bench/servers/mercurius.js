// The peer for queries: Mercurius with its JIT in the place of Apollo Server, over the gateway's own schema, resolvers, datasources and log. Nothing else of the gateway:
// no limits, no masking of errors, no log lines, no metrics.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import mercurius from 'mercurius';
import { servicesFor } from '../lib/gateway-parts.js';

const { schema, contextOf } = await servicesFor(process.env, mkdtempSync(join(tmpdir(), 'bench-mercurius-')));
const app = fastify();
await app.register(mercurius, { schema, jit: 1, context: (request) => contextOf(request.id), path: '/graphql' });
process.on('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
console.log(JSON.stringify({ msg: 'listening', graphqlUrl: `http://127.0.0.1:${app.server.address().port}/graphql` }));
