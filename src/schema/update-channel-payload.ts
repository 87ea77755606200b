import { Field, ObjectType } from 'type-graphql';
import { Channel } from './channel.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `updateChannel`.' })
export class UpdateChannelPayload {
  @Field(() => Channel, { nullable: true, description: 'The updated channel; null if there are `userErrors`.' })
  channel!: Channel | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
