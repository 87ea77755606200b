import { Field, ObjectType } from 'type-graphql';
import type { ParticipantType as DomainParticipantType } from '../domain/conversation.js';
import { toGlobalId } from './global-id.js';
import { Node } from './node.js';
import { ParticipantType } from './participant-type.js';

@ObjectType({ implements: Node, description: 'Somebody in a conversation, or who was.' })
export class Participant extends Node {
  readonly __typename = 'Participant';

  /** The conversation's vendor id. */
  conversationId!: string;

  @Field(() => String, { description: "The vendor's id, unique in the conversation." })
  participantId!: string;

  @Field(() => ParticipantType)
  type!: DomainParticipantType;

  @Field(() => String, { nullable: true, description: 'Null where the upstream does not tell.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'That they read and write; null where the upstream does not tell.' })
  language!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Has left; null where the upstream does not tell.' })
  removed!: boolean | null;

  get id(): string {
    return toGlobalId('Participant', this.conversationId, this.type, this.participantId);
  }
}
