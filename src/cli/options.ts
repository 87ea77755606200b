import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>>;

/** The arguments were wrong; the message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options and positionals of a command. Throws `UsageError` where they are wrong. */
export function commandOptions<const T extends Options>(argv: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? '') : String(error));
  }
}

/** Throws `UsageError` unless it is an http or https address. */
export function webAddress(option: string, value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value.replace(/\/+$/, '');
  throw new UsageError(`${option} must be an http or https URL; got "${value}"`);
}

/** Throws `UsageError` unless it is a whole number of at least 1; undefined stays so. */
export function count(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`${option} must be a whole number from 1; got "${value}"`);
}
