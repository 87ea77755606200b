import type { Customer } from '../domain/customer.js';
import type { CustomerInput } from '../schema/customer-input.js';
import type { UserError } from '../schema/user-error.js';
import { MAX_PROPERTIES, userError } from './user-errors.js';

/** What is wrong with an input's `customer`. */
export function customerErrors({ properties }: CustomerInput): UserError[] {
  if ((properties?.length ?? 0) > MAX_PROPERTIES)
    return [userError('TOO_MANY', ['customer', 'properties'], `A customer has ${MAX_PROPERTIES} properties at most.`)];
  return (properties ?? []).flatMap(({ key }, index) =>
    key === '' ? [userError('REQUIRED', ['customer', 'properties', String(index), 'key'], 'A property needs a key.')] : [],
  );
}

/** A customer from an input; `properties` only if they were set. */
export const toCustomer = ({ properties, ...customer }: CustomerInput): Partial<Customer> => ({
  ...Object.fromEntries(Object.entries(customer).filter(([, value]) => typeof value === 'string')),
  ...(properties ? { properties } : {}),
});
