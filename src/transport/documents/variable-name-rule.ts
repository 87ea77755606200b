import { GraphQLError } from 'graphql';
import type { ASTVisitor, ValidationContext } from 'graphql';

/**
 * No variable is called `__proto__`: `graphql` keeps values in plain objects, where one of that name is lost, so that its argument would have another value than the request says.
 */
export function VariableNameRule(context: ValidationContext): ASTVisitor {
  return {
    VariableDefinition({ variable }) {
      if (variable.name.value !== '__proto__') return;
      context.reportError(new GraphQLError('A variable cannot be called "__proto__": choose another name.', { nodes: variable }));
    },
  };
}
