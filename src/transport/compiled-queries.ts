import { GraphQLError, execute } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, Source } from 'graphql';
import type { CompiledQuery, compileQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

/** How many documents are kept compiled. */
const MAX_COMPILED = 200;
/** Compiling takes milliseconds: it pays from a document's third execution on. */
const COMPILED_AFTER = 2;

/** As `graphql`'s own `execute`. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** Null: it cannot be compiled. */
type Operations = Map<string, CompiledQuery | null>;

/**
 * Executes operations: those of documents that come again and again by code made for them, the others, and what cannot be compiled, by `graphql`'s `execute`. Results are the
 * same, errors included.
 */
export class CompiledQueries {
  readonly #uses = new WeakMap<DocumentNode, number>();
  readonly #compiled = new LRUCache<DocumentNode, Operations>({ max: MAX_COMPILED });
  #compile: typeof compileQuery | null = null;
  #loading = false;

  /** `after`: how often a document is interpreted first; 0: never, Infinity: always. */
  constructor(private readonly after = COMPILED_AFTER) {}

  /** How many documents are compiled right now. */
  get compiled(): number {
    return this.#compiled.size;
  }

  /** Resolves once everything can be compiled; without it, the first that pay start the loading of what it takes. */
  async load(): Promise<void> {
    this.#loading = true;
    // Not at the start: most of what it loads is needed by nobody until then.
    this.#compile = (await import('graphql-jit')).compileQuery;
  }

  readonly execute: Execute = (args) => {
    const compiled = this.#isFrequent(args.document) ? this.#compiledOf(args) : null;
    if (compiled === null) return execute(args);
    const result = compiled.query(args.rootValue, args.contextValue, args.variableValues);
    if (result instanceof Promise) return result.then((settled) => withWholeErrors(settled, args.document));
    // Refused before anything ran: `execute` refuses it too, in its own words.
    return result.data === undefined ? execute(args) : withWholeErrors(result, args.document);
  };

  #isFrequent(document: DocumentNode): boolean {
    if (this.#compiled.has(document)) return true;
    const uses = this.#uses.get(document) ?? 0;
    if (uses < this.after) this.#uses.set(document, uses + 1);
    return uses >= this.after;
  }

  #compiledOf({ schema, document, operationName }: ExecutionArgs): CompiledQuery | null {
    if (this.#compile === null) {
      if (!this.#loading) void this.load();
      return null;
    }
    const operations: Operations = this.#compiled.get(document) ?? new Map<string, CompiledQuery | null>();
    const name = operationName ?? '';
    let compiled = operations.get(name);
    if (compiled === undefined) {
      const outcome = this.#compile(schema, document, operationName ?? undefined);
      compiled = 'query' in outcome ? outcome : null;
      operations.set(name, compiled);
      this.#compiled.set(document, operations);
    }
    return compiled;
  }
}

/** The errors of compiled code lack what `GraphQLError` promises: their extensions may be missing, and their places are known by line and column only. */
function withWholeErrors(result: ExecutionResult, { loc }: DocumentNode): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: result.errors.map((error) => wholeError(error, loc?.source ?? null)) };
}

function wholeError(error: GraphQLError, source: Source | null): GraphQLError {
  const positions = source === null ? null : (error.locations ?? []).map(({ line, column }) => lineStart(source.body, line) + column - 1);
  const { message, path = null, originalError = null } = error;
  return new GraphQLError(message, { source, positions, path, originalError, extensions: error.extensions });
}

/** Where a line begins, the first one being 1. */
function lineStart(text: string, line: number): number {
  const breaks = [...text.matchAll(/\r\n|[\n\r]/g)];
  const before = breaks[line - 2];
  return before === undefined ? 0 : before.index + before[0].length;
}
