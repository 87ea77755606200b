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

/** Creates the edge and connection types of a node type, as defined by the Relay cursor connections specification. */
export function connectionType<T extends object>(name: string, node: () => ClassType<T> | (abstract new () => T)) {
  const nodeType = node as () => ClassType<T>;

  @ObjectType(`${name}Edge`, { description: `An item of a \`${name}Connection\` and its cursor.` })
  class Edge implements EdgeOf<T> {
    @Field(() => String, { description: 'Opaque position of this item in the list, for `after` and `before`.' })
    cursor!: string;

    @Field(nodeType, { description: 'The item.' })
    node!: T;
  }

  @ObjectType(`${name}Connection`, {
    description: `A page of a list of \`${name}\` objects, as defined by the Relay cursor connections specification.`,
  })
  class Connection implements ConnectionOf<T> {
    @Field(() => [Edge], { description: 'Items of this page with their cursors.' })
    edges!: readonly Edge[];

    @Field(() => [node()], { description: 'Items of this page without their cursors.' })
    nodes!: readonly T[];

    @Field(() => PageInfo, { description: 'Position of this page in the list.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { nullable: true, description: 'Number of items in the whole list; null if unknown.' })
    totalCount!: number | null;
  }

  return Connection;
}
