import { Field, ObjectType } from 'type-graphql';
import { Channel } from './channel.js';
import { UserError } from './user-error.js';

@ObjectType()
export class CreateChannelPayload {
  @Field(() => Channel, { nullable: true })
  channel!: Channel | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
