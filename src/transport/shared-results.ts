import { BREAK, Kind, visit } from 'graphql';
import type { ArgumentNode, DocumentNode, ExecutionResult, FieldNode, OperationDefinitionNode } from 'graphql';
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
  const { data, errors, extensions } = result;
  if (errors !== undefined) return { result, payload: null };
  // Written out: there are as many as events.
  const whole = { data, extensions: extensions === undefined ? { cursor } : { ...extensions, cursor } };
  return { result, payload: Buffer.from(JSON.stringify(whole)) };
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
  const startOnly = startOnlyOf(operation);
  const counted = Object.entries(variables).filter(([name]) => name !== startOnly);
  return JSON.stringify([numberOf(document), operation.name?.value ?? null, counted, rightsKey]);
}

const startOnlyNames = new WeakMap<OperationDefinitionNode, string | null>();

/** The variable that is used for nothing but `after` of the subscription itself; null: there is none. Documents are kept, and so is this. */
function startOnlyOf(operation: OperationDefinitionNode): string | null {
  let name = startOnlyNames.get(operation);
  if (name === undefined) {
    name = findStartOnly(operation);
    startOnlyNames.set(operation, name);
  }
  return name;
}

/** A fragment might use it again: then it is taken to count. */
function findStartOnly(operation: OperationDefinitionNode): string | null {
  const [field] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD) return null;
  const start = field.arguments?.find(({ name }) => name.value === 'after');
  if (start?.value.kind !== Kind.VARIABLE) return null;
  const variable = start.value.name.value;
  return isUsedBeside(start, variable, field) ? null : variable;
}

function isUsedBeside(start: ArgumentNode, variable: string, field: FieldNode): boolean {
  let isUsed = false;
  const used = () => {
    isUsed = true;
    return BREAK;
  };
  visit(field, {
    Argument: (argument) => (argument === start ? false : undefined),
    FragmentSpread: used,
    Variable: ({ name }) => (name.value === variable ? used() : undefined),
  });
  return isUsed;
}
