// Builds the demo chat, which `npm start` then serves at /demo/.
import { readdirSync } from 'node:fs';
import { buildExample } from './build-example.js';

const client = readdirSync(new URL('../client/src', import.meta.url), { recursive: true }).map((file) => `client/src/${file}`);
buildExample('web-chat', 'dist/index.html', client);
