import { Field, ObjectType } from 'type-graphql';
import { Channel } from './channel.js';
import { UserError } from './user-error.js';

@ObjectType()
export class UpdateChannelPayload {
  @Field(() => Channel, { nullable: true, description: 'As it is after this; null where `userErrors` tells why nothing was done.' })
  channel!: Channel | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
