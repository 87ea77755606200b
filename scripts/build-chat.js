// Builds the demo chat and the widget, which `npm start` then serves at /demo/.
import { readdirSync } from 'node:fs';
import { buildExample } from './build-example.js';

const client = readdirSync(new URL('../client/src', import.meta.url), { recursive: true }).map((file) => `client/src/${file}`);
buildExample('web-chat', 'dist/widget.js', client);
