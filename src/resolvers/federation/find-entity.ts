import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context/request-context.js';
import { BadUserInputError } from '../../domain/errors.js';
import { ENTITIES } from '../../schema/federation/entity.js';
import { fromGlobalId, toGlobalId } from '../../schema/global-id.js';
import type { NodeType } from '../../schema/global-id.js';
import type { Node } from '../../schema/node.js';
import { findNode } from '../find-node.js';

interface Representation {
  readonly type: NodeType;
  /** Its global id. */
  readonly id: string;
}

/**
 * The entity that a router's representation identifies, found and authorized as `node` does. Null if there is none of its type with that key, or if the viewer may not
 * see it. Rejects with `BadUserInputError` if it has no key of an entity: always asynchronously, so that the others of its list are not affected.
 */
export async function findEntity(representation: unknown, context: RequestContext, info: GraphQLResolveInfo): Promise<Node | null> {
  const { type, id } = readRepresentation(representation);
  return fromGlobalId(id)?.type === type ? findNode(id, context, info) : null;
}

function readRepresentation(representation: unknown): Representation {
  const { __typename: type, id, conversationId } = Object(representation) as Readonly<Record<string, unknown>>;
  if (!isEntityType(type))
    throw new BadUserInputError(`\`__typename\` of a representation must be one of ${Object.keys(ENTITIES).join(', ')}.`);
  if (typeof id === 'string') return { type, id };
  if (type === 'Conversation' && typeof conversationId === 'string') return { type, id: toGlobalId(type, conversationId) };
  throw new BadUserInputError(`A representation of ${type} must have a key of type String: ${ENTITIES[type].keys.join(' or ')}.`);
}

const isEntityType = (type: unknown): type is NodeType => typeof type === 'string' && Object.hasOwn(ENTITIES, type);
