import { GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[]; readonly code: string };

/** How much text of documents is remembered, in characters. A parsed document takes some twenty times as much memory as its text. */
const MAX_REMEMBERED = 1_048_576;

/** Documents parsed and validated, each text once while it is among those used last. */
export class Documents {
  readonly #checked = new LRUCache<string, Checked>({
    maxSize: MAX_REMEMBERED,
    // The empty one has a size, too.
    sizeCalculation: (_checked, text) => text.length + 1,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  check(text: string): Checked {
    const known = this.#checked.get(text);
    if (known !== undefined) return known;
    const checked = this.#check(text);
    this.#checked.set(text, checked);
    return checked;
  }

  #check(text: string): Checked {
    try {
      const document = parse(text);
      const errors = validate(this.schema, document);
      return errors.length === 0 ? { document } : { errors, code: 'GRAPHQL_VALIDATION_FAILED' };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error], code: 'GRAPHQL_PARSE_FAILED' };
      // The parser and the rules call themselves for each level of the document.
      if (error instanceof RangeError)
        return { errors: [new GraphQLError('The document is nested too deeply.')], code: 'GRAPHQL_PARSE_FAILED' };
      throw error;
    }
  }
}
