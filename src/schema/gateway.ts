import { Field, ObjectType } from 'type-graphql';
import type { Capability as DomainCapability, UpstreamKind as DomainUpstreamKind } from '../domain/capability.js';
import { Capability } from './capability.js';
import { UpstreamKind } from './upstream-kind.js';

@ObjectType({ description: 'This gateway and the capabilities of the contact centre behind it.' })
export class Gateway {
  @Field(() => String, { description: 'Version of this gateway, as in its changelog.' })
  version!: string;

  @Field(() => UpstreamKind, { description: 'API generation of the contact centre behind this gateway.' })
  upstream!: DomainUpstreamKind;

  @Field(() => [Capability], {
    description: 'Features that the upstream supports; others are null or fail with `UNSUPPORTED_BY_UPSTREAM`.',
  })
  capabilities!: readonly DomainCapability[];
}
