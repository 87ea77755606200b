import type { Viewer } from './viewer.js';

/** The fields of a mutation's input that customers may not set freely. */
export interface GuardedInput {
  readonly sendAs?: unknown;
  readonly assignment?: unknown;
  readonly history?: readonly { readonly sentAs: unknown }[] | null;
  readonly customer?: GuardedCustomer | null;
}

interface GuardedCustomer {
  readonly customerId?: string | null;
  readonly properties?: readonly { readonly key: string }[] | null;
}

/** Properties that upstreams could read as the customer's id. */
const ID_KEYS = new Set(['userid', 'customerid']);

/** Why a customer may not send this input; null if it may. */
export function rejectReason({ role, customerId }: Viewer, input: GuardedInput): string | null {
  if (role !== 'CUSTOMER') return null;
  const senders = [input.sendAs, ...(input.history ?? []).map(({ sentAs }) => sentAs)];
  if (senders.some((sender) => sender !== undefined && sender !== null && sender !== 'CUSTOMER'))
    return 'Customers may only use sendAs: CUSTOMER.';
  if (input.assignment) return 'Customers may not set `assignment`.';
  const { customerId: requested, properties } = input.customer ?? {};
  const isForeign = requested !== undefined && requested !== null && requested !== customerId;
  if (isForeign || properties?.some(({ key }) => ID_KEYS.has(key.toLowerCase()))) return 'Customers may not set a customer id.';
  return null;
}

/** The input of `createConversation`, bound to the customer who creates; or why that customer may not. Others say for whom it is. */
export function bindCustomer<T extends GuardedInput>({ role, customerId }: Viewer, input: T): T | string {
  if (role !== 'CUSTOMER') return input;
  if (customerId === null) return 'To create conversations a customer needs a token with a `customer_id`.';
  return { ...input, customer: { ...input.customer, customerId } };
}
