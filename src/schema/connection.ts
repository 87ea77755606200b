import type { ClassType } from 'type-graphql';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from './page-info.js';

export interface EdgeOf<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface ConnectionOf<T> {
  readonly edges: readonly EdgeOf<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number | null;
}

/** The edge and connection types of a node type, by the Relay cursor connections specification. */
export function connectionType<T extends object>(name: string, node: () => ClassType<T> | (abstract new () => T)) {
  const nodeType = node as () => ClassType<T>;

  @ObjectType(`${name}Edge`)
  class Edge implements EdgeOf<T> {
    @Field(() => String, { description: 'For `after` and `before`; opaque.' })
    cursor!: string;

    @Field(nodeType)
    node!: T;
  }

  @ObjectType(`${name}Connection`)
  class Connection implements ConnectionOf<T> {
    @Field(() => [Edge])
    edges!: readonly Edge[];

    @Field(() => [node()])
    nodes!: readonly T[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int, { nullable: true, description: 'Null where the upstream does not tell.' })
    totalCount!: number | null;
  }

  return Connection;
}
