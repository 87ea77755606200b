import { BREAK, Kind, visit } from 'graphql';
import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Delivery } from '../context.js';

/** What an event comes to for all who asked the same with the same rights. */
export interface SharedResult {
  /** As it was executed, before errors were made ready for anybody in particular. */
  readonly result: ExecutionResult;
  /** The result as JSON, its cursor included; null where it has errors, which each client gets under his own request id. */
  readonly text: string | null;
}

type Results = Map<string, SharedResult | Promise<SharedResult>>;

/** One way in which an event was delivered: live or not, and conversations and the feed of all of them have cursors of their own. */
interface Way {
  readonly cursor: string;
  readonly replayed: boolean;
  readonly results: Results;
}

/**
 * Executes and serialises each event once for all subscriptions with the same key. Nothing has to be kept in step: what an event came to is found by the event
 * itself, and goes with it. Events read back are shared by those who waited for the same page.
 */
export class SharedResults {
  readonly #byEvent = new WeakMap<object, Way[]>();

  /** The result of a delivery under a key (`sharingKey`); `execute` is called by the first who asks. */
  of(delivery: Delivery, key: string, execute: () => ExecutionResult | Promise<ExecutionResult>): SharedResult | Promise<SharedResult> {
    const results = this.#resultsOf(delivery);
    const known = results.get(key);
    if (known !== undefined) return known;
    const made = shared(delivery, execute());
    results.set(key, made);
    return made;
  }

  #resultsOf({ event, cursor, replayed }: Delivery): Results {
    let ways = this.#byEvent.get(event);
    if (ways === undefined) {
      ways = [];
      this.#byEvent.set(event, ways);
    }
    let way = ways.find((one) => one.cursor === cursor && one.replayed === replayed);
    if (way === undefined) {
      way = { cursor, replayed, results: new Map() };
      ways.push(way);
    }
    return way.results;
  }
}

function shared(delivery: Delivery, result: ExecutionResult | Promise<ExecutionResult>): SharedResult | Promise<SharedResult> {
  if (result instanceof Promise) return result.then((settled) => textOf(delivery, settled));
  return textOf(delivery, result);
}

function textOf({ cursor }: Delivery, result: ExecutionResult): SharedResult {
  const text = result.errors === undefined ? JSON.stringify({ ...result, extensions: { ...result.extensions, cursor } }) : null;
  return { result, text };
}

let documentsSeen = 0;
const documentNumbers = new WeakMap<DocumentNode, number>();

function numberOf(document: DocumentNode): number {
  const number = documentNumbers.get(document) ?? (documentsSeen += 1);
  documentNumbers.set(document, number);
  return number;
}

/** What a subscription asks for, and with which rights: two with one key get the same results. Where it starts (`after`) makes no difference to them. */
export function sharingKey(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  rightsKey: string,
): string {
  const counted = Object.entries(variables).filter(([name]) => !isStartOnly(operation, name));
  return JSON.stringify([numberOf(document), operation.name?.value ?? null, counted, rightsKey]);
}

/** Whether a variable is used for nothing but `after` of the subscription itself. A fragment might use it again: then it is taken to count. */
function isStartOnly(operation: OperationDefinitionNode, variable: string): boolean {
  const [field] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD) return false;
  const start = field.arguments?.find(
    ({ name, value }) => name.value === 'after' && value.kind === Kind.VARIABLE && value.name.value === variable,
  );
  if (start === undefined) return false;
  let isUsedElsewhere = false;
  visit(field, {
    Argument: (argument) => (argument === start ? false : undefined),
    FragmentSpread: () => {
      isUsedElsewhere = true;
      return BREAK;
    },
    Variable: ({ name }) => {
      if (name.value !== variable) return undefined;
      isUsedElsewhere = true;
      return BREAK;
    },
  });
  return !isUsedElsewhere;
}
