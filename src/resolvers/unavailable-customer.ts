import { UNKNOWN_CUSTOMER } from '../domain/customer.js';
import type { Customer } from '../schema/customer.js';

/** Every field but `properties` is nullable. */
const NULLABLE = Object.keys(UNKNOWN_CUSTOMER).filter((field) => field !== 'properties');

/**
 * A customer that could not be read, in a place where `Customer!` must not fail: the first field that is selected has the error, the others are null, and `properties` is empty. So a
 * response has one error for each such customer, whatever is selected.
 */
export function unavailableCustomer(error: Error): Customer {
  let reportedBy: string | null = null;
  // GraphQL takes an error as a value for the field's error; generated code reads a field several times, so a field that has it keeps it.
  const report = (field: string): Error | null => {
    reportedBy ??= field;
    return reportedBy === field ? error : null;
  };
  const customer: Customer = { ...UNKNOWN_CUSTOMER, properties: [] };
  for (const field of NULLABLE) Object.defineProperty(customer, field, { enumerable: true, get: () => report(field) });
  return customer;
}
