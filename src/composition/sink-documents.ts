import { GraphQLError, Kind, OperationTypeNode, TypeInfo, parse, specifiedRules, validate, visit, visitWithTypeInfo } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { RULES, isRoleEnough } from '../auth/rules.js';

/** What a sink sends of an event if it has no document of its own: all that the event itself holds, and nothing that costs an upstream call. */
export const DEFAULT_SINK_DOCUMENT = `subscription SinkEvent {
  allConversationEvents {
    __typename
    id
    type
    conversationId
    occurredAt
    receivedAt
    source
    ... on InteractionQueued { queue { queueId name } }
    ... on AgentJoined { agent { agentId name } }
    ... on AgentLeft { agent { agentId name } }
    ... on InteractionEnded { reason }
    ... on MessageAdded {
      isEcho
      message {
        id
        text
        clientMessageId
        author { participantId type name }
        attachments { attachmentId filename contentType sizeBytes }
        cards { cardId contentType content }
      }
    }
    ... on MessagesRead { readAt reader { participantId type name } }
    ... on ConversationUpdated { upstreamState assignment { type targetId } }
    ... on CardActionInvoked { action data }
    ... on QuickReplyChosen { title payload }
    ... on ChannelActivity { name value }
    ... on UnrecognizedEvent { eventType unrecognizedPayload: payload }
  }
}`;

const ROOT_FIELD = 'allConversationEvents';

/** A document that can be executed for each event. */
export interface SinkDocument {
  readonly document: DocumentNode;
  /** The name of the result's only field. */
  readonly key: string;
}

/** Checks a sink's document against the schema. Returns what is wrong with it instead, one line each. */
export function checkSinkDocument(schema: GraphQLSchema, text: string): SinkDocument | readonly string[] {
  try {
    const document = parse(text);
    const errors = validate(schema, document, specifiedRules);
    if (errors.length > 0) return errors.map(describe);
    const [operation, ...more] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode[];
    if (operation === undefined || more.length > 0) return ['must have exactly one operation'];
    const key = findKey(operation);
    if (key === null)
      return [`must be "subscription { ${ROOT_FIELD} { … } }", with no other field, and without arguments, variables and directives`];
    const denied = findDenied(schema, document);
    return denied.length > 0 ? denied.map((field) => `${field} is not for services`) : { document, key };
  } catch (error) {
    return [error instanceof GraphQLError ? describe(error) : 'must be the text of a GraphQL document'];
  }
}

const describe = ({ message, locations }: GraphQLError): string => {
  const [location] = locations ?? [];
  return location === undefined ? message : `${message} (line ${location.line}, column ${location.column})`;
};

/** Null unless the operation is the one subscription that a sink can have. */
function findKey({ operation, selectionSet, variableDefinitions = [], directives = [] }: OperationDefinitionNode): string | null {
  const [field, ...more] = selectionSet.selections;
  if (operation !== OperationTypeNode.SUBSCRIPTION || field?.kind !== Kind.FIELD || more.length > 0) return null;
  const extras = [...variableDefinitions, ...directives, ...(field.arguments ?? []), ...(field.directives ?? [])];
  return field.name.value === ROOT_FIELD && extras.length === 0 ? (field.alias ?? field.name).value : null;
}

/** Fields that services may not read. */
function findDenied(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  const denied = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType()?.name ?? '';
        const rule = RULES[parent]?.[name.value];
        if (rule !== undefined && !isRoleEnough(rule, 'SERVICE')) denied.add(`${parent}.${name.value}`);
      },
    }),
  );
  return [...denied];
}
