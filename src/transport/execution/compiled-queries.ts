import { OperationTypeNode, execute, getOperationAST } from 'graphql';
import type { ExecutionArgs, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import { CoercedVariables } from './coerced-variables.js';
import { isCompilable, onlyField } from './compilable.js';
import type { Compile } from './compile-operation.js';
import { keepOutcome } from './mutation-memo.js';

/** How many operations are kept compiled. */
const MAX_COMPILED = 200;
/** Compiling costs milliseconds: it pays off from an operation's third execution on. */
const COMPILED_AFTER = 2;
/** As `graphql`'s own `execute`. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Executes operations as `graphql`'s `execute` does, the frequent ones by code that `graphql-jit` generates for them.
 *
 * Generated code is trusted only where its response is known to be the same: for operations that `isCompilable` admits, with the operation and its variables chosen and coerced by
 * `graphql`, and for results without errors. Where a result has errors, `graphql` executes the operation again and its answer counts; the operation is then interpreted until it
 * has succeeded often enough again, so that an outage does not double the calls to the contact centre. Queries and events only read, so executing them twice changes nothing; a mutation is
 * compiled if it is its operation's only field, whose outcome is kept for the second execution.
 */
export class CompiledQueries {
  /** How often an operation has succeeded in a row while it was interpreted. */
  readonly #successes = new WeakMap<OperationDefinitionNode, number>();
  readonly #variables = new CoercedVariables();
  readonly #compilable = new WeakMap<OperationDefinitionNode, boolean>();
  readonly #compiled = new LRUCache<OperationDefinitionNode, CompiledQuery | 'failed'>(entryLimit(MAX_COMPILED));
  #compile: Compile | null = null;
  #loading: Promise<void> | null = null;

  /** `after`: how many times in a row a document must have succeeded before it is compiled. 0: compiled immediately; Infinity: never. */
  constructor(private readonly after = COMPILED_AFTER) {}

  /** How many operations are compiled right now. */
  get compiled(): number {
    return this.#compiled.size;
  }

  /** Loads the compiler, which is otherwise loaded when the first operation is frequent enough: few starts need it immediately. */
  load(): Promise<void> {
    this.#loading ??= import('./compile-operation.js').then(({ compilerFor }) => {
      this.#compile = compilerFor();
    });
    return this.#loading;
  }

  readonly execute: Execute = (args) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return execute(args);
    const compiled = this.executeCompiled(operation, args);
    if (!(compiled instanceof Promise)) return compiled ?? this.#interpret(operation, args);
    return compiled.then((result) => result ?? this.#interpret(operation, args));
  };

  /** Executes an operation of `document` if it is compiled. Null if it is not, or if its result has errors: `graphql` has to execute it then. */
  executeCompiled(operation: OperationDefinitionNode, args: ExecutionArgs): ExecutionResult | null | Promise<ExecutionResult | null> {
    if (!this.#isCompilable(operation, args) || !this.#isFrequent(operation) || !isRepeatable(operation, args)) return null;
    const compiled = this.#findCompiled(operation, args);
    const variables = compiled === null ? null : this.#variables.coerce(args.schema, operation, args.variableValues);
    if (compiled === null || variables === null) return null;
    const result = compiled.query(args.rootValue, args.contextValue, variables);
    return result instanceof Promise ? result.then((settled) => this.#trusted(settled, operation)) : this.#trusted(result, operation);
  }

  /** Counts an execution by `graphql`: an operation is compiled once it has succeeded often enough in a row. */
  countInterpreted(operation: OperationDefinitionNode, hasErrors: boolean): void {
    if (hasErrors) this.#successes.set(operation, 0);
    else if (!this.#isFrequent(operation)) this.#successes.set(operation, (this.#successes.get(operation) ?? 0) + 1);
  }

  #isCompilable(operation: OperationDefinitionNode, { schema, document }: ExecutionArgs): boolean {
    let known = this.#compilable.get(operation);
    if (known === undefined) {
      known = this.after !== Infinity && isCompilable(schema, document, operation);
      this.#compilable.set(operation, known);
    }
    return known;
  }

  #isFrequent(operation: OperationDefinitionNode): boolean {
    return (this.#successes.get(operation) ?? 0) >= this.after;
  }

  #trusted(result: ExecutionResult, operation: OperationDefinitionNode): ExecutionResult | null {
    if (result.errors === undefined) return result;
    this.#successes.set(operation, 0);
    return null;
  }

  #interpret(operation: OperationDefinitionNode, args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
    const result = execute(args);
    const count = (settled: ExecutionResult): ExecutionResult => {
      this.countInterpreted(operation, settled.errors !== undefined);
      return settled;
    };
    return result instanceof Promise ? result.then(count) : count(result);
  }

  /** Null if it is not compiled yet, or cannot be. */
  #findCompiled(operation: OperationDefinitionNode, { schema, document }: ExecutionArgs): CompiledQuery | null {
    if (this.#compile === null) {
      void this.load();
      return null;
    }
    let compiled = this.#compiled.get(operation);
    if (compiled === undefined) {
      compiled = this.#compile(schema, document, operation) ?? 'failed';
      this.#compiled.set(operation, compiled);
    }
    return compiled === 'failed' ? null : compiled;
  }
}

/** Whether an operation may be executed a second time on its context. */
function isRepeatable(operation: OperationDefinitionNode, { schema, contextValue }: ExecutionArgs): boolean {
  if (operation.operation !== OperationTypeNode.MUTATION) return true;
  const field = onlyField(operation);
  return field !== null && keepOutcome(schema, field, contextValue);
}
