import { createReadStream, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Serves the files that a directory holds now, and nothing else, whatever a path may say; `index.html` at the prefix itself. */
export function staticFiles(app: FastifyInstance, prefix: string, directory: string, headers: Readonly<Record<string, string>>): void {
  const files = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(directory.length + 1).replaceAll('\\', '/'), path);
  }
  app.get<{ Params: { '*': string } }>(`${prefix}/*`, (request, reply) => {
    const name = request.params['*'] === '' ? 'index.html' : request.params['*'];
    const file = files.get(name);
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    return reply
      .headers({ ...headers, 'content-type': TYPES[extname(name)] ?? 'application/octet-stream', 'x-content-type-options': 'nosniff' })
      .send(createReadStream(file));
  });
  // Relative, so that it stays below whatever path a proxy puts before.
  app.get(prefix, (_request, reply) => reply.redirect(`${prefix.slice(prefix.lastIndexOf('/') + 1)}/`));
}
