import { Field, ObjectType } from 'type-graphql';
import { Channel } from './channel.js';
import { UserError } from './user-error.js';

@ObjectType()
export class UpdateChannelPayload {
  @Field(() => Channel, { nullable: true })
  channel!: Channel | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
