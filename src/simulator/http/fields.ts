/** The error in one field of a request. */
export interface FieldError {
  /** Its path, such as `user.additionalProperties[3].key`; empty for the whole body. */
  readonly field: string;
  readonly code: 'missing' | 'wrong_type' | 'unknown_field' | 'unknown_value' | 'out_of_range' | 'too_many';
  /** As submitted; absent if the field was. */
  readonly value?: unknown;
  /** A predicate that follows the field's name, such as "is required". */
  readonly message: string;
}

/** An invalid request, with every error that was found. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field === '' ? 'the body' : field} ${message}`).join('; '));
    this.errors = errors;
  }
}

/** Reads a JSON object with `read`, which gets default values for missing or invalid fields. @throws InvalidRequest if there were any */
export function readObject<T>(value: unknown, read: (fields: Fields) => T): T {
  const errors: FieldError[] = [];
  const fields = Fields.fromValue(value, '', errors);
  const result = fields === null ? null : fields.finish(read);
  if (errors.length > 0 || result === null) throw new InvalidRequest(errors);
  return result;
}

/** Reads the fields of an object strictly: types must match, and unknown fields are errors. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #errors: FieldError[];
  readonly #read = new Set<string>();

  private constructor(values: Readonly<Record<string, unknown>>, path: string, errors: FieldError[]) {
    this.#values = values;
    this.#path = path;
    this.#errors = errors;
  }

  /** Null, with an error, if `value` is not an object. */
  static fromValue(value: unknown, path: string, errors: FieldError[]): Fields | null {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Fields(value as Readonly<Record<string, unknown>>, path, errors);
    }
    errors.push({ field: path, code: 'wrong_type', value, message: 'must be a JSON object' });
    return null;
  }

  /** Calls `read`, then reports the fields it has not read. */
  finish<T>(read: (fields: Fields) => T): T {
    const result = read(this);
    for (const name of Object.keys(this.#values)) {
      if (!this.#read.has(name)) this.reportError(name, 'unknown_field', 'is not a known field');
    }
    return result;
  }

  reportError(name: string, code: FieldError['code'], message: string): void {
    const value = this.#values[name];
    this.#errors.push({ field: this.#toPath(name), code, message, ...(value === undefined ? {} : { value }) });
  }

  string(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => typeof value === 'string') as string | undefined;
  }

  /** A non-empty string. */
  requiredString(name: string): string {
    const value = this.string(name);
    if (value === '') this.reportError(name, 'missing', 'must not be empty');
    if (!this.has(name)) this.reportError(name, 'missing', 'is required');
    return value ?? '';
  }

  boolean(name: string): boolean | undefined {
    return this.#typed(name, 'true or false', (value) => typeof value === 'boolean') as boolean | undefined;
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', (value) => typeof value === 'number') as number | undefined;
  }

  /** A number, or a string of digits, which some clients send. */
  numeric(name: string): number | undefined {
    const isNumeric = (value: unknown) => typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}$/.test(value));
    const value = this.#typed(name, 'a number', isNumeric);
    return value === undefined ? undefined : Number(value);
  }

  /** All fields not read so far, unchanged. */
  others(): Readonly<Record<string, unknown>> {
    const names = Object.keys(this.#values).filter((name) => !this.#read.has(name));
    for (const name of names) this.#read.add(name);
    return Object.fromEntries(names.map((name) => [name, this.#values[name]]));
  }

  /** One of `values`; if absent, the first one, unless it is required. */
  oneOf<T extends string>(name: string, values: readonly [T, ...T[]], { required = false } = {}): T {
    const value = required ? this.requiredString(name) : this.string(name);
    const known = values.find((candidate) => candidate === value);
    if (known === undefined && value !== undefined && value !== '') {
      this.reportError(name, 'unknown_value', `must be one of ${values.join(', ')}`);
    }
    return known ?? values[0];
  }

  /** An object with any content, unchanged. */
  anyObject(name: string): Readonly<Record<string, unknown>> | undefined {
    const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
    return this.#typed(name, 'a JSON object', isObject) as Readonly<Record<string, unknown>> | undefined;
  }

  object<T>(name: string, read: (fields: Fields) => T): T | undefined {
    this.#read.add(name);
    if (!this.has(name)) return undefined;
    return Fields.fromValue(this.#values[name], this.#toPath(name), this.#errors)?.finish(read);
  }

  /** A list of objects; empty if absent. */
  objects<T>(name: string, maximum: number, read: (fields: Fields) => T): readonly T[] {
    const list = this.#typed(name, 'a list', Array.isArray) as readonly unknown[] | undefined;
    if (list === undefined) return [];
    if (list.length > maximum) {
      this.#errors.push({
        field: this.#toPath(name),
        code: 'too_many',
        value: list.length,
        message: `must have at most ${maximum} entries`,
      });
      return [];
    }
    return list.flatMap((value, index) => Fields.fromValue(value, `${this.#toPath(name)}[${index}]`, this.#errors)?.finish(read) ?? []);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  #typed(name: string, type: string, matches: (value: unknown) => boolean): unknown {
    this.#read.add(name);
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    if (matches(value)) return value;
    this.reportError(name, 'wrong_type', `must be ${type}`);
    return undefined;
  }

  #toPath(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}
