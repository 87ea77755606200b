import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config.js';
import type { Config } from '../../src/config.js';

/** The files that read settings from the environment. */
export const SETTING_READERS = [
  'src/config.ts',
  'src/event-log-config.ts',
  'src/healing-config.ts',
  'src/sinks-config.ts',
  'src/upstream-config.ts',
  'src/datasources/chat-gateway-v1/generation.ts',
  'src/datasources/chat-api-v2/generation.ts',
];
/** How long a log that does not answer has to close after the drain, in seconds. */
export const LOG_CLOSE_SECONDS = 2;

export const readFromRoot = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** Every variable that the gateway reads, those included that name a file with a secret. */
export function knownVariables(): ReadonlySet<string> {
  const calls = SETTING_READERS.flatMap((path) => [...readFromRoot(path).matchAll(/read\.(\w+)\('([A-Z_]+)'/g)]);
  const names = calls.flatMap(([, method = '', name = '']) => (/secret$/i.test(method) ? [name, `${name}_FILE`] : [name]));
  return new Set([...names, 'NODE_ENV']);
}

/** The settings that a gateway would have with a deployment's environment, whose files of secrets are replaced by others. Throws a `ConfigError` where it would not start. */
export function readDeployed(environment: Readonly<Record<string, string>>): Config {
  const directory = mkdtempSync(join(tmpdir(), 'deployed-'));
  try {
    const secret = join(directory, 'secret');
    writeFileSync(secret, 'not a secret, but as long as one has to be');
    const files = Object.keys(environment).filter((name) => name.endsWith('_FILE'));
    return readConfig({ ...environment, ...Object.fromEntries(files.map((name) => [name, secret])) });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Lines of `NAME=value`, without comments. */
export const parseEnvFile = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
