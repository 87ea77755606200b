import {
  GraphQLError,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  SingleFieldSubscriptionsRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import { BadUserInputError, QueryTooComplexError } from '../../domain/errors.js';
import type { GatewayError } from '../../domain/errors.js';
import { isNestedDeeperThan } from '../../domain/nesting-depth.js';
import { measureShape } from './document-shape.js';
import { countFieldPairs } from './field-pairs.js';
import { estimateCost } from './query-cost.js';
import { QUERY_LIMITS } from './query-limits.js';
import type { QueryCost, QueryLimits } from './query-limits.js';
import type { DocumentRequest, DocumentSource } from './persisted-documents.js';
import { SubscriptionRootRule } from './subscription-root-rule.js';
import { VariableNameRule } from './variable-name-rule.js';

/** Why a document is not executed. */
export interface RejectedDocument {
  readonly errors: readonly GraphQLError[];
  /** The code of errors that have none of their own. */
  readonly code: string;
  /** HTTP status; 400 if absent. */
  readonly status?: number;
  /** The parsed document; absent if the request names none, or if it cannot be parsed. */
  readonly document?: DocumentNode;
}

type Variables = Readonly<Record<string, unknown>>;

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  /** False if documents that ask for the schema are rejected. */
  readonly introspection: boolean;
  readonly limits?: QueryLimits;
  /** Where texts come from that requests only name. */
  readonly source: DocumentSource;
}

/** How much text of documents is remembered, in characters. A parsed document takes some twenty times as much memory as its text. */
const MAX_REMEMBERED = 1_048_576;
/** How deep lists and objects in variables may be nested. */
const MAX_VARIABLE_LEVELS = 120;
/** Then the rest of the document is not looked at any more. */
const MAX_ERRORS = 10;

/** Those of the specification, and one more. */
const RULES: readonly ValidationRule[] = [
  ...specifiedRules.map((rule) => (rule === SingleFieldSubscriptionsRule ? SubscriptionRootRule : rule)),
  VariableNameRule,
];

/** A document that may be executed: parsed, validated, and within every limit that does not depend on variables. */
export class ValidDocument {
  readonly #costs = new Map<OperationDefinitionNode, (variables: Variables) => number>();

  constructor(
    readonly document: DocumentNode,
    private readonly schema: GraphQLSchema,
  ) {}

  /** What one of its operations costs with these variables, which are not coerced yet. */
  cost(operation: OperationDefinitionNode, variables: Variables): number {
    const known = this.#costs.get(operation);
    const cost = known ?? estimateCost(this.schema, this.document, operation);
    if (known === undefined) this.#costs.set(operation, cost);
    return cost(variables);
  }
}

/** Checks documents, each text once while it is among those used last. One for all ways in, HTTP and WebSocket. */
export class DocumentCache {
  readonly #checked = new LRUCache<string, ValidDocument>({ maxSize: MAX_REMEMBERED, sizeCalculation: (_checked, text) => text.length });
  readonly #rules: readonly ValidationRule[];
  readonly limits: QueryLimits;

  constructor(private readonly options: DocumentsOptions) {
    this.limits = options.limits ?? QUERY_LIMITS;
    this.#rules = options.introspection ? RULES : [...RULES, NoSchemaIntrospectionCustomRule];
  }

  /** The document that a request asks for. Null if it names none. */
  find(request: DocumentRequest): ValidDocument | RejectedDocument | null {
    const text = this.options.source.findText(request);
    if (typeof text !== 'string') return text;
    const checked = this.#known(text);
    if (checked instanceof ValidDocument) this.options.source.accepted(request, text);
    return checked;
  }

  /** Rejected documents are not cached, so that invalid ones do not evict those that others use. */
  #known(text: string): ValidDocument | RejectedDocument {
    const known = this.#checked.get(text);
    if (known !== undefined) return known;
    const checked = this.#check(text);
    if (checked instanceof ValidDocument) this.#checked.set(text, checked);
    return checked;
  }

  /** What an operation costs with these variables, or why that, or their depth, is too much. */
  cost(checked: ValidDocument, operation: OperationDefinitionNode, variables?: Variables | null): QueryCost | GraphQLError {
    // What reads them further calls itself for each level.
    if (isNestedDeeperThan(MAX_VARIABLE_LEVELS, variables)) return toGraphQLError(variablesTooDeep());
    const requested = checked.cost(operation, variables ?? {});
    const maximum = this.limits.cost;
    return requested > maximum ? tooComplex('cost', maximum, requested) : { requested, maximum };
  }

  #check(text: string): ValidDocument | RejectedDocument {
    try {
      const document = parse(text, { maxTokens: this.limits.tokens });
      const rejected = this.#reject(document);
      return rejected === null ? new ValidDocument(document, this.options.schema) : { ...rejected, document };
    } catch (error) {
      // The parser is recursive: a few thousand opening brackets exhaust the stack.
      if (error instanceof RangeError) return toRejected(tooComplex('depth', this.limits.depth, null));
      if (!(error instanceof GraphQLError)) throw error;
      if (/more tha[nt] \d+ tokens/.test(error.message)) return toRejected(tooComplex('tokens', this.limits.tokens, null));
      return toRejected(error, 'GRAPHQL_PARSE_FAILED');
    }
  }

  /** Null if the document is valid. The cheapest checks come first, so that each bounds the cost of the next. */
  #reject(document: DocumentNode): RejectedDocument | null {
    const shape = measureShape(document);
    for (const limit of ['selections', 'allSelections', 'depth', 'aliases', 'directives'] as const)
      if (shape[limit] > this.limits[limit]) return toRejected(tooComplex(limit, this.limits[limit], shape[limit]));
    // The cost of the other rules is not bounded for circular fragments.
    const rules = shape.isCircular ? [NoFragmentCyclesRule] : this.#rules;
    const fieldPairs = shape.isCircular ? 0 : countFieldPairs(document);
    if (fieldPairs > this.limits.fieldPairs) return toRejected(tooComplex('fieldPairs', this.limits.fieldPairs, fieldPairs));
    const errors = validate(this.options.schema, document, rules, { maxErrors: MAX_ERRORS });
    return errors.length > 0 ? { errors, code: 'GRAPHQL_VALIDATION_FAILED' } : null;
  }
}

const toGraphQLError = (originalError: GatewayError) => new GraphQLError(originalError.message, { originalError });

const tooComplex = (limit: keyof QueryLimits, maximum: number, found: number | null) =>
  toGraphQLError(new QueryTooComplexError(limit, maximum, found));

const variablesTooDeep = () => new BadUserInputError(`\`variables\` may be nested ${MAX_VARIABLE_LEVELS} levels deep at most.`);

const toRejected = (error: GraphQLError, code = 'QUERY_TOO_COMPLEX'): RejectedDocument => ({ errors: [error], code });
