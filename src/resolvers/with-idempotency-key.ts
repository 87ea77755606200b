import { createHash } from 'node:crypto';
import type { RequestContext } from '../context/request-context.js';
import type { UserError } from '../schema/user-error.js';
import { MAX_LABEL, userError } from './user-errors.js';

/** The input of a mutation that creates. */
interface Keyed {
  readonly idempotencyKey?: string | null;
}

/** The result of a mutation that creates: what its payload is built from, now and on a repeat. */
interface Creation {
  readonly conversationId: string | null;
  readonly userErrors: readonly UserError[];
}

/** Errors of an idempotency key; none if it is not set. */
export function keyErrors({ idempotencyKey }: Keyed): UserError[] {
  if (idempotencyKey === '') return [userError('INVALID', ['idempotencyKey'], 'Must not be empty; omit it to send none.')];
  if ((idempotencyKey?.length ?? 0) <= MAX_LABEL) return [];
  return [userError('TOO_LONG', ['idempotencyKey'], `Must be at most ${MAX_LABEL} characters.`)];
}

/**
 * The result of `create`; with an idempotency key it runs at most once for each caller and operation: the same key with the same input returns the first result.
 *
 * @param toRejected a `T` that holds nothing but these errors
 */
export async function withIdempotencyKey<T extends Creation>(
  { viewer, services }: RequestContext,
  operation: string,
  { idempotencyKey, ...input }: Keyed & object,
  toRejected: (userErrors: UserError[]) => T,
  create: () => Promise<T>,
): Promise<T> {
  if (!idempotencyKey) return create();
  const request = { name: digestInput([viewer.identity, operation, idempotencyKey]), input: digestInput(input) };
  const outcome = await services.idempotency.run(request, async () => {
    const created = await create();
    return { outcome: JSON.stringify(created), conversationId: created.conversationId };
  });
  if (outcome !== null) return JSON.parse(outcome) as T;
  return toRejected([userError('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey'], 'This key was used with other input.')]);
}

const digestInput = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url');
