import { fileURLToPath } from 'node:url';

/*
 * Pages for developers that the build writes into `dist`. Like `version.ts`, this file lies in a folder of the project's root (`src`, `build`, or bundled in
 * `dist`), from which the paths count.
 */

/** The demo chat. */
export const DEMO_DIRECTORY = fileURLToPath(new URL('../dist/demo', import.meta.url));
/** Altair, the GraphQL IDE. */
export const IDE_DIRECTORY = fileURLToPath(new URL('../dist/ide', import.meta.url));
