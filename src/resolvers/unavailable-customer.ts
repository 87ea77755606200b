import type { Customer } from '../schema/customer.js';

/**
 * A customer that could not be read, in a place where `Customer!` must not fail: the first field that is selected has the error, the others are null, and `properties` is empty. So a
 * response has one error for each such customer, whatever is selected.
 */
export function unavailableCustomer(error: Error): Customer {
  let reportedBy: string | null = null;
  // GraphQL takes an error as a value for the field's error; generated code reads a field several times, so a field that has it keeps it.
  const report = (field: string): null => {
    reportedBy ??= field;
    return reportedBy === field ? (error as never) : null;
  };
  return {
    get name() {
      return report('name');
    },
    get customerId() {
      return report('customerId');
    },
    get email() {
      return report('email');
    },
    get phone() {
      return report('phone');
    },
    get company() {
      return report('company');
    },
    get caseId() {
      return report('caseId');
    },
    get language() {
      return report('language');
    },
    get timezoneOffsetMinutes() {
      return report('timezoneOffsetMinutes');
    },
    get ipAddress() {
      return report('ipAddress');
    },
    properties: [],
  };
}
