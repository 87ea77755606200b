import { GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[]; readonly code: string };

/** Documents parsed and validated, each text once while it is among the last 1,000. */
export class Documents {
  readonly #checked = new LRUCache<string, Checked>({ max: 1_000 });

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
      throw error;
    }
  }
}
