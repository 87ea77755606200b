/** How much one document may ask for. What a document counts is worked out once; only its cost may depend on variables. */
export interface QueryLimits {
  /** Lexical tokens of the text: a bound on what parsing and validating can take. */
  readonly tokens: number;
  /** Fields, inline fragments and spreads of an operation, each fragment counted wherever it is spread. */
  readonly selections: number;
  /** The same of all operations and fragments of the document together, as each of them is validated. */
  readonly allSelections: number;
  /** Fields below fields; those under `__schema` and `__type` do not count. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Pairs of fields of one response name, which validation compares: see `field-pairs.ts`. Some 10 ms of CPU. */
  readonly fieldPairs: number;
  /** Objects that an answer may hold: see `query-cost.ts`. */
  readonly cost: number;
}

/** `docs/security.md` documents them for operators. */
export const QUERY_LIMITS: QueryLimits = {
  tokens: 2_000,
  selections: 2_000,
  allSelections: 20_000,
  depth: 15,
  aliases: 30,
  directives: 50,
  fieldPairs: 10_000,
  cost: 10_000,
};

/** What an operation costs, as reported to its sender. */
export interface QueryCost {
  readonly requested: number;
  readonly maximum: number;
}
