/** Whether something passes. */
export type Predicate<T> = (subject: T) => boolean;

/** What a filter may ask for, by name; undefined where the subject has none of it. */
export type Selectors<T> = Readonly<Record<string, (subject: T) => string | undefined>>;

/** What is wrong with a filter: a clause that goes on where its name ends. */
export class FiqlError extends Error {
  override readonly name = 'FiqlFault';
}

/** Brackets in brackets; deeper ones are nobody's honest filter. */
const MAX_DEPTH = 20;

/** A character of an argument as it stands, or percent-encoded; a wildcard (`*`) is none that is taken here. */
const ARGUMENT = /(?:[A-Za-z0-9\-._~!$'+=]|%[0-9A-Fa-f]{2})+/y;
const SELECTOR = /[A-Za-z0-9\-._~%]+/y;
const OPERATOR = /==|!=/y;

/**
 * Reads a filter in FIQL (draft-nottingham-atompub-fiql-00): `selector==value` and `selector!=value`, `;` for and, which binds tighter than `,` for or,
 * and parentheses.
 *
 * @throws FiqlFault for anything else
 */
export function parseFiql<T>(text: string, selectors: Selectors<T>): Predicate<T> {
  const parser = new Parser(text, selectors);
  const predicate = parser.anyOf(0);
  if (!parser.atEnd) throw parser.unexpected('the end, “;” or “,”');
  return predicate;
}

class Parser<T> {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly selectors: Selectors<T>,
  ) {}

  get atEnd(): boolean {
    return this.#at === this.text.length;
  }

  anyOf(depth: number): Predicate<T> {
    const parts = [this.#allOf(depth)];
    while (this.#take(',')) parts.push(this.#allOf(depth));
    return (subject) => parts.some((part) => part(subject));
  }

  unexpected(wanted: string): FiqlError {
    return new FiqlError(`has bad syntax at character ${this.#at + 1}: ${wanted} should stand there`);
  }

  #allOf(depth: number): Predicate<T> {
    const parts = [this.#unit(depth)];
    while (this.#take(';')) parts.push(this.#unit(depth));
    return (subject) => parts.every((part) => part(subject));
  }

  #unit(depth: number): Predicate<T> {
    if (!this.#take('(')) return this.#constraint();
    if (depth === MAX_DEPTH) throw new FiqlError(`has more than ${MAX_DEPTH} brackets in brackets`);
    const inner = this.anyOf(depth + 1);
    if (!this.#take(')')) throw this.unexpected('“)”');
    return inner;
  }

  #constraint(): Predicate<T> {
    const name = this.#match(SELECTOR, 'a selector');
    const select = Object.hasOwn(this.selectors, name) ? this.selectors[name] : undefined;
    if (select === undefined) {
      throw new FiqlError(`has an unknown selector “${name}”; there are ${Object.keys(this.selectors).join(', ')}`);
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

  #take(character: string): boolean {
    const found = this.text[this.#at] === character;
    if (found) this.#at += 1;
    return found;
  }

  #match(pattern: RegExp, wanted: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw this.unexpected(wanted);
    this.#at += found.length;
    return found;
  }
}
