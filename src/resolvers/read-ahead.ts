import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { RULES, isRoleEnough } from '../auth/rules.js';
import type { Rule } from '../auth/rules.js';
import type { ConversationRead } from '../context/request-loaders.js';
import type { RequestContext } from '../context/request-context.js';

/** The read that a field's resolver begins with, by its arguments; null if there is none. May throw if they are wrong: then nothing is read ahead. */
export type DescribeRead<A = object> = (args: A, conversationId: string) => ConversationRead | null;

/**
 * Declares the read that a field of a conversation, or of anything below one, begins with, if that read depends on the conversation's id and the arguments alone. The
 * resolver itself calls the same loader.
 */
export const ReadsAhead = <A>(read: DescribeRead<A>) => Extensions({ readsAhead: read });

/** The conversation that a root field returns, by its arguments; null or empty if they name none. */
type ToConversationId<A = object> = (args: A) => string | null;

/** Declares that a root field returns this conversation and nothing else: what is selected below it is read ahead even before it is known whether the viewer may see it. */
export const OpensConversation = <A>(toConversationId: ToConversationId<A>) => Extensions({ opensConversation: toConversationId });

/** For a root field that opens a conversation: as `readAhead`, before its resolver is called. */
export function readRootAhead(
  { extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>,
  args: object,
  context: RequestContext,
  info: GraphQLResolveInfo,
): void {
  const conversationId = (extensions['opensConversation'] as ToConversationId | undefined)?.(args);
  if (conversationId) readAhead(context, info, conversationId);
}

/** A field that declares a read, as an operation selects it. */
interface PlannedRead {
  readonly read: DescribeRead;
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  /** Null if they may depend on variables. */
  readonly args: object | null;
  readonly rule: Rule | undefined;
  /** What `@skip` or `@include` stands on, from the outermost selection to this one. */
  readonly conditions: readonly SelectionNode[];
  /** The one that it is selected below. */
  readonly parent: PlannedRead | null;
}

type Variables = GraphQLResolveInfo['variableValues'];

/** By the selection that they were worked out for: documents are kept, and a selection is of one document and selected of one type, nearly always. */
const plans = new WeakMap<FieldNode, Map<GraphQLObjectType, readonly PlannedRead[]>>();

/**
 * Starts the reads that the fields selected below a field declare: its resolver calls this before it waits for anything. All objects below it must belong to this
 * conversation. `type`: of the object that the field returns, if its own type is not that of an object.
 */
export function readAhead(
  context: RequestContext,
  info: GraphQLResolveInfo,
  conversationId: string,
  type: unknown = getNamedType(info.returnType),
): void {
  if (!isObjectType(type)) return;
  const reads: ConversationRead[] = [];
  for (const node of info.fieldNodes) addReads(reads, planFor(node, type, info), conversationId, context, info);
  if (reads.length > 0) context.loaders.start(conversationId, reads);
}

function addReads(
  reads: ConversationRead[],
  plan: readonly PlannedRead[],
  conversationId: string,
  { viewer }: RequestContext,
  { variableValues }: GraphQLResolveInfo,
): void {
  /** Nothing below a field that is left out, fails or may not be seen is needed. */
  const pruned: PlannedRead[] = [];
  for (const planned of plan) {
    const isReachable = planned.parent === null || !pruned.includes(planned.parent);
    const isPermitted = planned.rule === undefined || isRoleEnough(planned.rule, viewer.role);
    const read = isReachable && isPermitted ? toRead(planned, conversationId, variableValues) : null;
    if (read === null) pruned.push(planned);
    else if (!reads.some(({ name }) => name === read.name)) reads.push(read);
  }
}

/** Null if the field is not selected after all, or if its arguments are wrong, which its resolver reports. */
function toRead(
  { read, field, node, args, conditions }: PlannedRead,
  conversationId: string,
  variables: Variables,
): ConversationRead | null {
  try {
    if (!conditions.every((selection) => isIncluded(selection, variables))) return null;
    return read(args ?? getArgumentValues(field, node, variables), conversationId);
  } catch {
    return null;
  }
}

const MAY_HOLD_VARIABLES: readonly Kind[] = [Kind.VARIABLE, Kind.LIST, Kind.OBJECT];

/** The values of arguments that are the same in every request; null if they may depend on variables. */
function constantArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): object | null {
  const isConstant = node.arguments?.every(({ value }) => !MAY_HOLD_VARIABLES.includes(value.kind)) ?? true;
  return isConstant ? getArgumentValues(field, node) : null;
}

function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
}

function planFor(node: FieldNode, type: GraphQLObjectType, info: GraphQLResolveInfo): readonly PlannedRead[] {
  const known = plans.get(node);
  const plan = known?.get(type);
  if (plan !== undefined) return plan;
  const made = new Planner(info).planFor(node, type);
  plans.set(node, (known ?? new Map<GraphQLObjectType, readonly PlannedRead[]>()).set(type, made));
  return made;
}

/** A set of selections on objects of one type. */
interface Level {
  readonly set: SelectionSetNode;
  readonly type: GraphQLObjectType;
  readonly conditions: readonly SelectionNode[];
  readonly parent: PlannedRead | null;
}

/** Finds the fields that declare a read. Not below lists of several types of object, such as events: which of them there are is not known. */
class Planner {
  readonly #planned: PlannedRead[] = [];
  #next: Level[] = [];

  constructor(private readonly info: GraphQLResolveInfo) {}

  /** The outermost fields first: those below may turn out not to be needed. */
  planFor({ selectionSet }: FieldNode, type: GraphQLObjectType): readonly PlannedRead[] {
    let levels: Level[] = selectionSet === undefined ? [] : [{ set: selectionSet, type, conditions: [], parent: null }];
    while (levels.length > 0) {
      this.#next = [];
      for (const level of levels) this.#walk(level);
      levels = this.#next;
    }
    return this.#planned;
  }

  #walk({ set, type, conditions: outer, parent }: Level): void {
    for (const selection of set.selections) {
      const conditions = (selection.directives?.length ?? 0) === 0 ? outer : [...outer, selection];
      if (selection.kind === Kind.FIELD) this.#add(selection, { set, type, conditions, parent });
      else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.info.fragments[selection.name.value] : selection;
        if (fragment !== undefined && this.#applies(fragment.typeCondition, type))
          this.#walk({ set: fragment.selectionSet, type, conditions, parent });
      }
    }
  }

  #add(node: FieldNode, { type: owner, conditions, parent }: Level): void {
    const field = owner.getFields()[node.name.value];
    if (field === undefined) return;
    const read = field.extensions['readsAhead'] as DescribeRead | undefined;
    const rule = RULES[owner.name]?.[field.name];
    const planned = read === undefined ? null : { read, field, node, args: constantArguments(field, node), rule, conditions, parent };
    if (planned !== null) this.#planned.push(planned);
    const type = getNamedType(field.type);
    if (node.selectionSet === undefined || !isObjectType(type)) return;
    this.#next.push({ set: node.selectionSet, type, conditions, parent: planned ?? parent });
  }

  #applies(condition: FragmentDefinitionNode['typeCondition'] | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition.name.value === type.name) return true;
    const wanted = this.info.schema.getType(condition.name.value);
    return isAbstractType(wanted) && this.info.schema.isSubType(wanted, type);
  }
}
