import { defaultFieldResolver, isNonNullType, isObjectType } from 'graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { RULES } from '../auth/rules.js';
import { conversationNotFound } from '../context/conversation-not-found.js';
import type { Rule } from '../auth/rules.js';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries } from '../events/port/log-subscription.js';
import { ForbiddenError } from '../domain/errors.js';
import { vendorId } from '../schema/global-id.js';
import { GuardedSubscription } from './guarded-subscription.js';
import { attachmentErrors, guardedInput } from './guarded-input.js';
import type { MutationInput } from './guarded-input.js';
import { readRootAhead } from './read-ahead.js';
import { userError } from './user-errors.js';

interface Args {
  readonly id?: string;
  readonly conversationId?: string;
  readonly input?: MutationInput;
}

type Resolve = GraphQLFieldResolver<unknown, RequestContext, Args>;
type Field = GraphQLField<unknown, RequestContext, Args>;

/**
 * Applies the rules to every root field, and to those other fields that have one. A root field without a rule is denied to everybody. What is hidden looks
 * like what does not exist: null in queries, NOT_FOUND in mutations and at subscribe.
 */
export function authorizeSchema(schema: GraphQLSchema): GraphQLSchema {
  const rootNames = ['Query', 'Mutation', 'Subscription'];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !(rootNames.includes(type.name) || type.name in RULES)) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const rule = RULES[type.name]?.[field.name];
      if (type.name === 'Subscription') field.subscribe = guardedSubscribe(field, rule);
      else if (type.name === 'Mutation') field.resolve = guardedMutation(field, rule);
      else if (type.name === 'Query' || rule !== undefined) field.resolve = guardedQuery(field, rule);
    }
  }
  return schema;
}

function guardedQuery(field: Field, rule: Rule | undefined): Resolve {
  const { resolve = defaultFieldResolver } = field;
  const isNullable = !isNonNullType(field.type);
  const hidden = () => {
    if (isNullable) return null;
    throw conversationNotFound();
  };
  return (source, args, context, info) => {
    const denied = context.authorizationError(rule);
    // Lists, and what else cannot be null, answer with the error.
    if (denied instanceof ForbiddenError && isNullable) return null;
    if (denied !== null) throw denied;
    const canView = canViewTarget(rule, args, context);
    if (canView !== false) readRootAhead(field, args, context, info);
    if (typeof canView === 'boolean') return canView ? resolve(source, args, context, info) : hidden();
    return canView.then((isVisible): unknown => (isVisible ? resolve(source, args, context, info) : hidden()));
  };
}

function guardedMutation(field: Field, rule: Rule | undefined): Resolve {
  const { resolve = defaultFieldResolver } = field;
  return async (source, args, context, info): Promise<unknown> => {
    const denied = context.authorizationError(rule);
    if (denied !== null) throw denied;
    if (!(await canViewTarget(rule, args, context))) return { userErrors: [userError('NOT_FOUND', ['conversationId'], 'Not found.')] };
    if (args.input === undefined) return resolve(source, args, context, info);
    const input = guardedInput(rule, args.input, context);
    const userErrors = await attachmentErrors(input, context);
    return userErrors.length > 0 ? { userErrors } : resolve(source, { ...args, input }, context, info);
  };
}

function guardedSubscribe({ subscribe }: Field, rule: Rule | undefined): Resolve {
  return async (source, args, context, info): Promise<Deliveries> => {
    const denied = context.authorizationError(rule);
    if (denied !== null) throw denied;
    // Before the check whose conversation it is, so that no later change goes unnoticed.
    const rights = context.authorizeEvents(rule === 'CONVERSATION' ? targetConversationId(args) : null);
    if (!(await canViewTarget(rule, args, context))) throw conversationNotFound();
    const deliveries = (await subscribe?.(source, args, context, info)) as Deliveries;
    return new GuardedSubscription(deliveries, rights, context);
  };
}

/** Whether the viewer sees the conversation that the arguments name, where that is the rule. What is no id of one is left to the resolver, to say so. */
function canViewTarget(rule: Rule | undefined, args: Args, context: RequestContext): boolean | Promise<boolean> {
  if (rule !== 'CONVERSATION') return true;
  const id = targetConversationId(args);
  return id === null || context.canView(id);
}

function targetConversationId({ conversationId, input, id }: Args): string | null {
  const named = conversationId ?? input?.conversationId ?? id;
  if (named === undefined) throw new ForbiddenError('The token does not allow this.');
  return vendorId('Conversation', named) || null;
}
