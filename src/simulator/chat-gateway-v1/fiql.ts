/** True if the filter matches. */
export type Predicate<T> = (subject: T) => boolean;

/** The fields of a filter, by name; undefined if the subject has no value. */
export type Selectors<T> = Readonly<Record<string, (subject: T) => string | undefined>>;

/** An invalid filter; the message is a predicate that follows the parameter's name. */
export class FiqlError extends Error {
  override readonly name = 'FiqlError';
}

/** Maximum nesting of parentheses. */
const MAX_DEPTH = 20;

/** Plain or percent-encoded characters; wildcards (`*`) are not supported. */
const ARGUMENT = /(?:[A-Za-z0-9\-._~!$'+=]|%[0-9A-Fa-f]{2})+/y;
const SELECTOR = /[A-Za-z0-9\-._~%]+/y;
const OPERATOR = /==|!=/y;

/**
 * Reads a filter in FIQL (draft-nottingham-atompub-fiql-00): `selector==value` and `selector!=value`, `;` for and, which binds tighter than `,` for or,
 * and parentheses.
 *
 * @throws FiqlError for any other syntax
 */
export function parseFiql<T>(text: string, selectors: Selectors<T>): Predicate<T> {
  const parser = new Parser(text, selectors);
  const predicate = parser.anyOf(0);
  if (!parser.atEnd) throw parser.unexpected('the end, “;” or “,”');
  return predicate;
}

class Parser<T> {
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly selectors: Selectors<T>,
  ) {}

  get atEnd(): boolean {
    return this.#position === this.text.length;
  }

  anyOf(depth: number): Predicate<T> {
    const parts = [this.#allOf(depth)];
    while (this.#accept(',')) parts.push(this.#allOf(depth));
    return (subject) => parts.some((part) => part(subject));
  }

  unexpected(expected: string): FiqlError {
    return new FiqlError(`has a syntax error at character ${this.#position + 1}: expected ${expected}`);
  }

  #allOf(depth: number): Predicate<T> {
    const parts = [this.#unit(depth)];
    while (this.#accept(';')) parts.push(this.#unit(depth));
    return (subject) => parts.every((part) => part(subject));
  }

  #unit(depth: number): Predicate<T> {
    if (!this.#accept('(')) return this.#constraint();
    if (depth === MAX_DEPTH) throw new FiqlError(`nests more than ${MAX_DEPTH} parentheses`);
    const inner = this.anyOf(depth + 1);
    if (!this.#accept(')')) throw this.unexpected('“)”');
    return inner;
  }

  #constraint(): Predicate<T> {
    const name = this.#match(SELECTOR, 'a selector');
    const select = Object.hasOwn(this.selectors, name) ? this.selectors[name] : undefined;
    if (select === undefined) {
      throw new FiqlError(`has an unknown selector “${name}”; expected one of ${Object.keys(this.selectors).join(', ')}`);
    }
    const negated = this.#match(OPERATOR, '“==” or “!=”') === '!=';
    const value = this.#argument();
    return (subject) => (select(subject) === value) !== negated;
  }

  #argument(): string {
    const encoded = this.#match(ARGUMENT, 'a value');
    try {
      return decodeURIComponent(encoded);
    } catch {
      throw new FiqlError(`has a value that is not percent-encoded UTF-8: “${encoded}”`);
    }
  }

  #accept(character: string): boolean {
    const found = this.text[this.#position] === character;
    if (found) this.#position += 1;
    return found;
  }

  #match(pattern: RegExp, expected: string): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw this.unexpected(expected);
    this.#position += found.length;
    return found;
  }
}
