import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings are wrong; `errors` has one line for each, naming the variable and what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly errors: readonly string[]) {
    super(errors.join('\n'));
  }
}

/** Reads one setting at a time and collects the errors. No error repeats the value of a secret. */
export class EnvReader {
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];

  constructor(private readonly environment: Environment) {}

  addError(name: string, what: string): void {
    this.#errors.push(`${name}: ${what}`);
  }

  /** Of a setting that has no effect beside the others. */
  addWarning(name: string, what: string): void {
    this.#warnings.push(`${name}: ${what}`);
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Throws a `ConfigError` with all errors. */
  throwIfInvalid(): void {
    if (this.#errors.length > 0) throw new ConfigError(this.#errors);
  }

  text(name: string, fallback: string): string {
    return this.#value(name) ?? fallback;
  }

  required(name: string, what: string): string {
    const value = this.#value(name);
    if (value === undefined) this.addError(name, `is missing; must be ${what}`);
    return value ?? '';
  }

  /** Null if it is not set. */
  optional(name: string): string | null {
    return this.#value(name) ?? null;
  }

  /** As `secret`; null where neither is set. */
  optionalSecret(name: string): string | null {
    return (this.#value(`${name}_FILE`) ?? this.#value(name)) === undefined ? null : this.secret(name);
  }

  /** From NAME, or from the file that NAME_FILE names. */
  secret(name: string): string {
    const file = this.#value(`${name}_FILE`);
    if (file === undefined) return this.required(name, `a secret, or set ${name}_FILE to a file that holds it`);
    try {
      const value = readFileSync(file, 'utf8').trim();
      if (value === '') this.addError(`${name}_FILE`, 'must name a file that holds the secret; the file is empty');
      return value;
    } catch {
      this.addError(`${name}_FILE`, 'must name a file that holds the secret; the file cannot be read');
      return '';
    }
  }

  /** Null if it is not set. */
  optionalWhole(name: string, least: number, most: number): number | null {
    return this.#value(name) === undefined ? null : this.integer(name, least, least, most);
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const value = this.#value(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    this.addError(name, `must be a whole number from ${least} to ${most}`);
    return fallback;
  }

  /** A number with at most three decimals. */
  decimal(name: string, fallback: number, least: number, most: number): number {
    const value = this.#value(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    this.addError(name, `must be a number from ${least} to ${most}`);
    return fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], String(fallback) as 'true' | 'false') === 'true';
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const value = this.#value(name);
    if (value === undefined) return fallback;
    const known = values.find((one) => one === value);
    if (known === undefined) this.addError(name, `must be one of: ${values.join(', ')}`);
    return known ?? fallback;
  }

  /** Without a slash at its end; null where it is not set. */
  url(name: string): string | null {
    const value = this.#value(name);
    if (value === undefined) return null;
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value.replace(/\/+$/, '');
    this.addError(name, 'must be an http or https URL');
    return null;
  }

  /** An empty variable counts as not set, as compose files and CI systems leave them. */
  #value(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }
}
