import { UNKNOWN_CUSTOMER } from '../../domain/customer.js';
import type { Customer } from '../../domain/customer.js';
import { InvalidFieldError } from '../../domain/errors.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import { customerTexts } from '../shared/enums.js';

/** The keys that a customer has a field for. `phone` is none of the contract's own: it travels as one of the keys that anybody may add. */
const FIELDS = ['name', 'customerId', 'email', 'phone', 'company', 'caseId', 'language'] as const;

const isField = (key: string): boolean => (FIELDS as readonly string[]).includes(key);

/** `customer`, an object of texts: known keys and any others, which are properties here. */
export function parseCustomer(raw: unknown): Customer {
  const record = asRecord(raw) ?? {};
  return {
    ...UNKNOWN_CUSTOMER,
    ...customerTexts(record),
    customerId: asId(record['customerId']),
    properties: Object.entries(record).flatMap(([key, value]) => (isField(key) ? [] : [{ key, value: asText(value) }])),
  };
}

/** The same to be sent. What is null or empty is left out. Throws `InvalidFieldError` for a property that would pass for a field, or comes twice. */
export function customerBody({ properties = [], ...fields }: Partial<Customer>): Readonly<Record<string, string>> {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== '');
  const others = new Map<string, string>();
  for (const [index, { key, value }] of properties.entries()) {
    const name = propertyKey(key, ['customer', 'properties', String(index), 'key']);
    if (others.has(name))
      throw new InvalidFieldError(['customer', 'properties', String(index), 'key'], `A customer has one property "${key}".`);
    if (value !== null) others.set(name, value);
  }
  return Object.fromEntries([...given, ...others]);
}

/** A property's key as the upstream has it. `field`: the input that holds it. Throws `InvalidFieldError` where it would pass for a field of the customer. */
export function propertyKey(key: string, field: readonly string[]): string {
  if (isField(key)) throw new InvalidFieldError(field, `A property cannot be called "${key}": that is a field of the customer.`);
  return key;
}
