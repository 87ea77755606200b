import {
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  SingleFieldSubscriptionsRule,
} from 'graphql';
import type { ASTVisitor, DirectiveNode, OperationDefinitionNode, SelectionSetNode, ValidationContext } from 'graphql';

const CONDITIONS: readonly string[] = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];

/**
 * A subscription selects exactly one root field, and does so unconditionally: GraphQL's September 2025 edition, section 5.2.4.1. Instead of `SingleFieldSubscriptionsRule`,
 * which throws at `@skip(if: $variable)` there: it evaluates the directive without any variables.
 */
export function SubscriptionRootRule(context: ValidationContext): ASTVisitor {
  const single = SingleFieldSubscriptionsRule(context) as { OperationDefinition(node: OperationDefinitionNode): false | undefined };
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const conditions = conditionsIn(node.selectionSet, context);
      if (conditions.length === 0) single.OperationDefinition(node);
      for (const condition of conditions) {
        const message = `\`@${condition.name.value}\` is not allowed on the root field of a subscription.`;
        context.reportError(new GraphQLError(message, { nodes: condition }));
      }
    },
  };
}

/** The `@skip` and `@include` of a root selection set, those in fragments too. */
function conditionsIn(root: SelectionSetNode, context: ValidationContext): DirectiveNode[] {
  const conditions: DirectiveNode[] = [];
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      conditions.push(...(selection.directives ?? []).filter(({ name }) => CONDITIONS.includes(name.value)));
      if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || visited.has(selection.name.value)) continue;
      visited.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) visit(fragment.selectionSet);
    }
  };
  visit(root);
  return conditions;
}
