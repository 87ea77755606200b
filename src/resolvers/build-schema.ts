import 'reflect-metadata';
import { isAbstractType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, getMetadataStorage } from 'type-graphql';
import type { PubSub } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { Delivery } from '../events/port/stored-event.js';
import { EVENT_OBJECT_TYPES } from '../schema/event-object-types.js';
import { AgentLeftResolver } from './agent-left-resolver.js';
import { AllEventsResolver } from './all-events-resolver.js';
import { ChangeChannelResolver } from './channel-mutations-resolver.js';
import { ChangeWebhookResolver } from './webhook-mutations-resolver.js';
import { AttachmentResolver } from './attachment-resolver.js';
import { bindResolversDirectly } from './direct-resolvers.js';
import { CardResolver } from './card-resolver.js';
import { ChannelResolver } from './channel-resolver.js';
import { ConversationEventResolver } from './conversation-event-resolver.js';
import { ConversationInboxResolver } from './conversation-inbox-resolver.js';
import { ConversationQueriesResolver } from './conversation-queries-resolver.js';
import { ConversationResolver } from './conversation-resolver.js';
import { CreateAttachmentUploadResolver } from './create-attachment-upload-resolver.js';
import { CreateConversationResolver } from './create-conversation-resolver.js';
import { EventFeedResolver } from './event-feed-resolver.js';
import { EraseConversationResolver } from './erase-conversation-resolver.js';
import { GatewayResolver } from './gateway-resolver.js';
import { InboxResolver } from './inbox-resolver.js';
import { InteractionEndedResolver } from './interaction-ended-resolver.js';
import { IndicationResolver } from './indication-resolver.js';
import { authorizeSchema } from './authorize-schema.js';
import { describeSchema } from './describe-schema.js';
import { InteractionResolver } from './interaction-resolver.js';
import { IssueCustomerTokenResolver } from './issue-customer-token-resolver.js';
import { LeaveConversationResolver } from './leave-conversation-resolver.js';
import { MessageResolver } from './message-resolver.js';
import { NodeResolver } from './node-resolver.js';
import { QueuesResolver } from './queues-resolver.js';
import { ScheduleReturnToBotResolver } from './schedule-return-to-bot-resolver.js';
import { SendMessageResolver } from './send-message-resolver.js';
import { SubscriptionResolver } from './subscription-resolver.js';
import { UpdateConversationResolver } from './update-conversation-resolver.js';
import { ViewerResolver } from './viewer-resolver.js';
import { WebhookResolver } from './webhook-resolver.js';

/** type-graphql asks for a PubSub wherever there are subscriptions; ours come from the event log and never use it. */
const noPubSub: PubSub = {
  publish: () => {
    throw new Error('not in use');
  },
  subscribe: () => {
    throw new Error('not in use');
  },
};

/**
 * Fields that are plain properties need no resolver: type-graphql would wrap each in one of its own, so that middlewares and access rules could run, and executing a query would
 * take 1.17 times the CPU.
 */
function skipTrivialResolvers(): void {
  const { fields, middlewares, authorizedFields } = getMetadataStorage();
  const guarded = [...middlewares, ...authorizedFields];
  for (const field of fields) {
    field.simple ??= !guarded.some(({ target, fieldName }) => target === field.target && fieldName === field.name);
  }
}

/**
 * Every object of an interface or a union bears its type's name. type-graphql would ask for it in a promise, once for each object: 2.5 times the CPU for a conversation's last 20
 * events.
 */
function resolveTypeByTypename(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: { readonly __typename: string }) => value.__typename;
  }
  return schema;
}

type ResolveEvent = (delivery: Delivery, context: RequestContext) => unknown;

/**
 * The arguments of a subscription select what it listens to. Its result for an event depends on the event and the context only, which its method takes first: type-graphql
 * would convert the arguments again for each event, and wait for that: 2.3 times the CPU.
 */
function resolveEventsSynchronously(schema: GraphQLSchema): GraphQLSchema {
  const fields = schema.getSubscriptionType()?.getFields() ?? {};
  for (const { target, methodName, schemaName } of getMetadataStorage().subscriptions) {
    const field = fields[schemaName];
    if (field === undefined) continue;
    const resolver = new (target as new () => Record<string, ResolveEvent>)();
    field.resolve = (delivery: Delivery, _args, context: RequestContext) => resolver[methodName]?.(delivery, context);
  }
  return schema;
}

/**
 * The executable schema, with its rules on who may do what.
 * @param more classes of resolvers that only some gateways have
 */
export function buildSchema(more: readonly (new () => object)[] = []): GraphQLSchema {
  skipTrivialResolvers();
  const schema = buildSchemaSync({
    resolvers: [
      NodeResolver,
      ConversationQueriesResolver,
      ConversationResolver,
      ConversationInboxResolver,
      InboxResolver,
      ConversationEventResolver,
      AgentLeftResolver,
      InteractionEndedResolver,
      MessageResolver,
      AttachmentResolver,
      InteractionResolver,
      ChannelResolver,
      QueuesResolver,
      GatewayResolver,
      ViewerResolver,
      CreateConversationResolver,
      SendMessageResolver,
      LeaveConversationResolver,
      UpdateConversationResolver,
      WebhookResolver,
      ChangeWebhookResolver,
      ChangeChannelResolver,
      CreateAttachmentUploadResolver,
      CardResolver,
      IndicationResolver,
      ScheduleReturnToBotResolver,
      SubscriptionResolver,
      AllEventsResolver,
      EventFeedResolver,
      EraseConversationResolver,
      IssueCustomerTokenResolver,
      ...more,
    ],
    // Most are reached only through the interface that they implement.
    orphanedTypes: Object.values(EVENT_OBJECT_TYPES),
    pubSub: noPubSub,
    validate: false,
    // A whole introspection query at every start. Apollo Server validates the schema all the same.
    skipCheck: true,
  });
  return describeSchema(authorizeSchema(bindResolversDirectly(resolveEventsSynchronously(resolveTypeByTypename(schema)))));
}
