import { registerEnumType } from 'type-graphql';

export const UserErrorCode = {
  REQUIRED: 'REQUIRED',
  INVALID: 'INVALID',
  TOO_LONG: 'TOO_LONG',
  TOO_MANY: 'TOO_MANY',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  UPSTREAM_REFUSED: 'UPSTREAM_REFUSED',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
} as const;

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Machine-readable reason for a user error.',
  valuesConfig: {
    REQUIRED: { description: 'The value is missing or empty.' },
    INVALID: { description: 'Malformed or out-of-range value, or an id of another type.' },
    TOO_LONG: { description: 'The text has too many characters.' },
    TOO_MANY: { description: 'The list has too many items.' },
    NOT_FOUND: { description: 'No object with this id exists, or the viewer may not see it.' },
    CONFLICT: { description: 'The change conflicts with the current state, such as deleting a webhook that a channel uses.' },
    UPSTREAM_REFUSED: { description: 'Rejected by the contact centre; `message` is its explanation.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The idempotency key was already used with a different input.' },
  },
});
