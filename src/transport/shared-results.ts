import { BREAK, Kind, visit } from 'graphql';
import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Delivery } from '../context.js';

/** What an event comes to for all who asked the same with the same rights. */
export interface SharedResult {
  /** As it was executed, before errors were made ready for anybody in particular. */
  readonly result: ExecutionResult;
  /** The result as JSON in UTF-8, its cursor included; null where it has errors, which each client gets under his own request id. */
  readonly payload: Buffer | null;
}

type Results = Map<string, SharedResult | Promise<SharedResult>>;

/** One way in which an event was delivered: live or not, and conversations and the feed of all of them have cursors of their own. */
interface Way {
  readonly cursor: string;
  readonly replayed: boolean;
  readonly results: Results;
}

/** A property, and no `WeakMap` by event: what that holds is kept by collections of young garbage, and so grew old with each event. */
const WAYS = Symbol('ways of delivery');

/** An event that keeps what it came to. */
interface Remembering {
  [WAYS]: Way[] | undefined;
}

/**
 * Executes and serialises each event once for all subscriptions with the same key. Nothing has to be kept in step: what an event came to is kept by the event
 * itself, and goes with it. Events read back are shared by those who waited for the same page.
 */
export class SharedResults {
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
    const ways = ((event as object as Remembering)[WAYS] ??= []);
    for (const way of ways) if (way.cursor === cursor && way.replayed === replayed) return way.results;
    const results: Results = new Map();
    ways.push({ cursor, replayed, results });
    return results;
  }
}

function shared(delivery: Delivery, result: ExecutionResult | Promise<ExecutionResult>): SharedResult | Promise<SharedResult> {
  if (result instanceof Promise) return result.then((settled) => payloadOf(delivery, settled));
  return payloadOf(delivery, result);
}

function payloadOf({ cursor }: Delivery, result: ExecutionResult): SharedResult {
  if (result.errors !== undefined) return { result, payload: null };
  return { result, payload: Buffer.from(JSON.stringify({ ...result, extensions: { ...result.extensions, cursor } })) };
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
