import { createHash } from 'node:crypto';
import type { RequestContext } from '../context/request-context.js';
import type { UserError } from '../schema/user-error.js';
import { MAX_LABEL, userError } from './user-errors.js';

/** The input of a mutation that creates. */
interface Keyed {
  readonly idempotencyKey?: string | null;
}

/** What became of a mutation that creates: what its payload is made of, now and when it comes again. */
interface Creation {
  readonly conversationId: string | null;
  readonly userErrors: readonly UserError[];
}

/** What is wrong with an idempotency key; nothing where none is given. */
export function keyErrors({ idempotencyKey }: Keyed): UserError[] {
  if (idempotencyKey === '') return [userError('INVALID', ['idempotencyKey'], 'Leave it out, or give it a value of its own.')];
  if ((idempotencyKey?.length ?? 0) <= MAX_LABEL) return [];
  return [userError('TOO_LONG', ['idempotencyKey'], `It may have ${MAX_LABEL} characters at most.`)];
}

/**
 * What `create` comes to; with an idempotency key at most once for each caller and operation: the same key with the same input gives the first outcome again.
 *
 * @param refused a `T` that tells nothing but these errors
 */
export async function withIdempotencyKey<T extends Creation>(
  { viewer, services }: RequestContext,
  operation: string,
  { idempotencyKey, ...input }: Keyed & object,
  refused: (userErrors: UserError[]) => T,
  create: () => Promise<T>,
): Promise<T> {
  if (!idempotencyKey) return create();
  const request = { name: digestOf([viewer.identity, operation, idempotencyKey]), input: digestOf(input) };
  const outcome = await services.idempotency.run(request, async () => {
    const created = await create();
    return { outcome: JSON.stringify(created), conversationId: created.conversationId };
  });
  if (outcome !== null) return JSON.parse(outcome) as T;
  return refused([userError('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey'], 'This key was used with other input.')]);
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url');
