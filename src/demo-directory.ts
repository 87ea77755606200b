import { fileURLToPath } from 'node:url';

/** Of the demo chat, once built. Like `version.ts`, this file stands in a folder of the project's root (`src`, `build`, or bundled in `dist`), from which the path counts. */
export const DEMO_DIRECTORY = fileURLToPath(new URL('../examples/web-chat/dist', import.meta.url));
