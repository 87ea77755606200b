import { execute } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
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
    // Only a request that was refused before anything ran has no data at all: `execute` refuses it too, in its own words.
    return !(result instanceof Promise) && result.data === undefined ? execute(args) : result;
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
