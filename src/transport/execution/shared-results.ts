import { BREAK, Kind, isObjectType, visit } from 'graphql';
import type { ArgumentNode, DocumentNode, ExecutionResult, FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Viewer } from '../../auth/viewer.js';
import type { Delivery } from '../../events/port/stored-event.js';
import { EncodedResult } from '../websocket/encode-next-frame.js';

/** The result of an event for all who asked the same with the same rights. */
export type SharedResult =
  /** As JSON, its cursor included. */
  | EncodedResult
  /** With errors, as it was executed: each client gets them under his own request id. */
  | ExecutionResult;

/** One result of an event. Live or not makes a difference, and conversations and the feed of all of them have cursors of their own. */
interface CachedResult {
  readonly key: string;
  readonly cursor: string;
  readonly replayed: boolean;
  result: SharedResult | Promise<SharedResult>;
  readonly next: CachedResult | null;
}

/** A property, and no `WeakMap` by event: what that holds is kept by collections of young garbage, and so grew old with each event. */
const RESULTS = Symbol('results of an event');

/** An event that keeps its results. There are few of them: one for each way in which it was asked for. */
interface Remembering {
  [RESULTS]?: CachedResult;
}

/**
 * The result of a delivery under a key (`sharingKey`): executed and serialised once for all subscriptions with the same key, by the first who asks. Nothing has to be kept in
 * step: an event's result is kept by the event itself, and goes with it. Events read back are shared by those who waited for the same page.
 */
export function sharedResult(delivery: Delivery, key: string, execute: ExecuteEvent): SharedResult | Promise<SharedResult> {
  const event = delivery.event as object as Remembering;
  const { cursor, replayed } = delivery;
  const first = event[RESULTS] ?? null;
  for (let made = first; made !== null; made = made.next) {
    if (made.replayed === replayed && made.cursor === cursor && made.key === key) return made.result;
  }
  const executed = execute(delivery);
  const result = executed instanceof Promise ? executed.then((settled) => toResult(settled, cursor)) : toResult(executed, cursor);
  event[RESULTS] = { key, cursor, replayed, result, next: first };
  return result;
}

/** Executes an event for one subscription. */
export type ExecuteEvent = (delivery: Delivery) => ExecutionResult | Promise<ExecutionResult>;

function toResult(result: ExecutionResult, cursor: string): SharedResult {
  const { data, errors, extensions } = result;
  if (errors !== undefined) return result;
  // Written out: there are as many as events.
  return new EncodedResult(JSON.stringify({ data, extensions: extensions === undefined ? { cursor } : { ...extensions, cursor } }), cursor);
}

let documentsSeen = 0;
const documentNumbers = new WeakMap<DocumentNode, number>();

function numberDocument(document: DocumentNode): number {
  const number = documentNumbers.get(document) ?? (documentsSeen += 1);
  documentNumbers.set(document, number);
  return number;
}

const personalFields = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Names of the fields whose value depends on who asks, whatever its rights: those with the extension `isPersonal`. */
function findPersonalFields(schema: GraphQLSchema): ReadonlySet<string> {
  let names = personalFields.get(schema);
  if (names === undefined) {
    const fields = Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    names = new Set(fields.flatMap(({ name, extensions }) => (extensions['isPersonal'] === true ? [name] : [])));
    personalFields.set(schema, names);
  }
  return names;
}

const personalDocuments = new WeakMap<DocumentNode, boolean>();

/** By the names of fields, of whatever type: to share less than possible does no harm. */
function isPersonal(schema: GraphQLSchema, document: DocumentNode): boolean {
  let found = personalDocuments.get(document);
  if (found === undefined) {
    const names = findPersonalFields(schema);
    found = false;
    visit(document, {
      Field: ({ name }) => {
        if (!names.has(name.value)) return undefined;
        found = true;
        return BREAK;
      },
    });
    personalDocuments.set(document, found);
  }
  return found;
}

/**
 * What a subscription asks for, and with which rights: two with one key get the same results. Where it starts (`after`) makes no difference to them; who asks does only if a field
 * depends on it.
 */
export function sharingKey(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  { rightsKey, identity }: Pick<Viewer, 'rightsKey' | 'identity'>,
): string {
  const startOnly = findAfterVariable(operation);
  const counted = Object.entries(variables).filter(([name]) => name !== startOnly);
  return JSON.stringify([
    numberDocument(document),
    operation.name?.value ?? null,
    counted,
    isPersonal(schema, document) ? [rightsKey, identity] : rightsKey,
  ]);
}

const startOnlyNames = new WeakMap<OperationDefinitionNode, string | null>();

/** The variable that is used for nothing but `after` of the subscription itself. Null if there is none. Cached per operation, as documents are. */
function findAfterVariable(operation: OperationDefinitionNode): string | null {
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
