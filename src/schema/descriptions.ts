/** Descriptions that many fields of the schema share. */

/** Of `userErrors` in payloads. */
export const USER_ERRORS = 'Errors that the caller can fix, usually in the input; empty on success.';

/** Of `sendAs` in inputs. */
export const SEND_AS = 'On whose behalf. If omitted: CUSTOMER with the token of a customer, else BOT.';

/** Of `idempotencyKey` in inputs. */
export const IDEMPOTENCY_KEY =
  'Client-chosen key that makes retries safe: within 24 hours the same key with the same input returns the first result instead of creating again. At most 255 characters.';

/** Of an input's id, which is accepted in two forms. `noun`: the type of the object in lower case, such as `conversation`. */
export const idDescription = (noun: string): string => `Id of the ${noun}: its global \`id\` or its \`${noun}Id\`.`;
