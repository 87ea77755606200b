import { Field, ObjectType } from 'type-graphql';

@ObjectType('_Service', { description: 'This subgraph, for composition. Defined by Apollo Federation.' })
export class Service {
  @Field(() => String, { description: 'Schema of this subgraph, with its federation directives.' })
  sdl!: string;
}
