import { Field, ObjectType } from 'type-graphql';
import type { Capability as DomainCapability, UpstreamKind as DomainUpstreamKind } from '../domain/capability.js';
import { Capability } from './capability.js';
import { UpstreamKind } from './upstream-kind.js';

@ObjectType({ description: 'This server, and what the contact centre behind it can do.' })
export class Gateway {
  @Field(() => String, { description: 'Of this gateway, as in its changelog.' })
  version!: string;

  @Field(() => UpstreamKind, { description: 'What the contact centre behind it speaks.' })
  upstream!: DomainUpstreamKind;

  @Field(() => [Capability], { description: 'What is not among them is refused with `UNSUPPORTED_BY_UPSTREAM`.' })
  capabilities!: readonly DomainCapability[];
}
