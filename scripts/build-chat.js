// Checks the types of the demo chat and builds it with Vite, as its users would. What `npm start` serves at /demo/ is bundled by scripts/bundle/demo-chat.js.
import { readdirSync } from 'node:fs';
import { buildExample } from './build-example.js';

const client = readdirSync(new URL('../client/src', import.meta.url), { recursive: true }).map((file) => `client/src/${file}`);
buildExample('web-chat', 'dist/index.html', client);
