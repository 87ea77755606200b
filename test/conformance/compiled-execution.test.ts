import { GraphQLError, OperationTypeNode, execute, getOperationAST, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { buildSchema } from '../../src/resolvers/build-schema.js';
import { isCompilable } from '../../src/transport/execution/compilable.js';
import { CompiledQueries } from '../../src/transport/execution/compiled-queries.js';
import type { Execute } from '../../src/transport/execution/compiled-queries.js';
import { memoizeMutations } from '../../src/transport/execution/mutation-memo.js';
import { firstSeed } from '../support/first-seed.js';
import { Chance } from '../support/random-execution/chance.js';
import { randomDocument } from '../support/random-execution/random-document.js';
import type { RandomDocument } from '../support/random-execution/random-document.js';
import { randomRoot, resolveAtRandom } from '../support/random-execution/random-resolvers.js';
import type { Manner } from '../support/random-execution/random-resolvers.js';

/** `EXECUTION_RUNS=10000` compares that many executions; `EXECUTION_SEED=17` begins with that seed, as a failure names it. */
const RUNS = Number(process.env['EXECUTION_RUNS'] ?? 600);
const FIRST_SEED = firstSeed('EXECUTION_SEED');
const EXECUTIONS_OF_A_DOCUMENT = 3;

const schema = memoizeMutations(resolveAtRandom(buildSchema()));

interface Request {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variableValues: Record<string, unknown>;
  readonly seed: number;
  readonly manner: Manner;
}

/** The whole answer as its client would get it, and which changes were made. */
async function answerOf(executes: Execute, { seed, manner, ...request }: Request): Promise<string> {
  const changes: string[] = [];
  const args = { schema, ...request, rootValue: randomRoot(seed), contextValue: { manner, changes } };
  const { data, errors } = await Promise.resolve<ExecutionResult>(executes(args)).catch((error: unknown) => ({
    data: `thrown: ${String(error)}` as never,
    errors: [],
  }));
  const isMutation = getOperationAST(request.document, request.operationName)?.operation === OperationTypeNode.MUTATION;
  return JSON.stringify({ data, errors, ...(isMutation ? { changes } : {}) }, null, 1);
}

function requestFor(document: DocumentNode, { variables, operationNames }: RandomDocument, seed: number): Request {
  const chance = new Chance(seed);
  const unusual = chance.is(0.1);
  const operationName = unusual ? chance.pick(['', 'NoSuchOperation', null] as const) : (chance.pick(operationNames) ?? null);
  const hasWrongVariables = chance.is(0.3);
  const variableValues = variables(hasWrongVariables ? 0.15 : 0);
  return {
    document,
    operationName,
    variableValues,
    seed,
    // Arguments and directives throw for wrong variables, and where null takes the place of a default.
    manner:
      hasWrongVariables || Object.values(variableValues).includes(null)
        ? 'throwing'
        : chance.pick(['without failures', 'without failures', 'throwing', 'rejecting'] as const),
  };
}

/** Null if the generated document is not valid. */
function documentOf(seed: number): { random: RandomDocument; document: DocumentNode } | null {
  const random = randomDocument(schema, new Chance(seed));
  const document = parse(random.text);
  try {
    return validate(schema, document).length > 0 ? null : { random, document };
  } catch (error) {
    // Of a subscription's root field with a directive, as `graphql` 16 complains of its variables.
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

it(`answers ${RUNS} random executions as graphql-js does, from seed ${FIRST_SEED} on`, async () => {
  const queries = new CompiledQueries(0);
  await queries.load();
  const counts = { executed: 0, trusted: 0, withErrors: 0 };
  for (let seed = FIRST_SEED; counts.executed < RUNS; seed += 1) {
    const made = documentOf(seed);
    if (made === null) continue;
    for (let n = 0; n < EXECUTIONS_OF_A_DOCUMENT; n += 1) {
      const request = requestFor(made.document, made.random, seed * EXECUTIONS_OF_A_DOCUMENT + n);
      const expected = await answerOf(execute, request);
      const answer = await answerOf(queries.execute, request);
      const { operationName, variableValues } = request;
      const asked = { operationName, variableValues };
      if (answer !== expected)
        throw new Error(
          `EXECUTION_SEED=${seed} ${made.random.text}\n${JSON.stringify(asked)}\nanswered ${answer}\nin the place of ${expected}`,
        );
      const operation = getOperationAST(made.document, operationName);
      const hasErrors = expected.includes('"errors"');
      counts.executed += 1;
      if (hasErrors) counts.withErrors += 1;
      else if (operation && isCompilable(schema, made.document, operation)) counts.trusted += 1;
    }
  }
  // Neither are all of them too easy, nor is next to nothing compiled.
  expect(counts.trusted).toBeGreaterThan(RUNS / 5);
  expect(counts.withErrors).toBeGreaterThan(RUNS / 10);
}, 600_000);
