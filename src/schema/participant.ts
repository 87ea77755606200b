import { Field, ObjectType } from 'type-graphql';
import type { ParticipantType as DomainParticipantType } from '../domain/conversation.js';
import { toGlobalId } from './global-id.js';
import { Node } from './node.js';
import { ParticipantType } from './participant-type.js';

@ObjectType({ implements: Node, description: 'Someone who is or was in a conversation.' })
export class Participant extends Node {
  readonly __typename = 'Participant';

  /** Id of the conversation in the contact centre. */
  conversationId!: string;

  @Field(() => String, { description: 'Id of the participant in the contact centre, unique in the conversation.' })
  participantId!: string;

  @Field(() => ParticipantType, { description: 'Role of the participant.' })
  type!: DomainParticipantType;

  @Field(() => String, { nullable: true, description: 'Display name; null if unknown.' })
  name!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Language that the participant reads and writes, as a language tag; null if unknown.',
  })
  language!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True if the participant has left the conversation; null if unknown.' })
  removed!: boolean | null;

  get id(): string {
    return toGlobalId('Participant', this.conversationId, this.type, this.participantId);
  }
}
