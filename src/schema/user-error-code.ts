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
  description: 'What is wrong with an input, for programs.',
  valuesConfig: {
    REQUIRED: { description: 'It is missing or empty.' },
    INVALID: { description: 'It is not of the form that it must have, or an id of something else.' },
    TOO_LONG: { description: 'It has more characters than it may.' },
    TOO_MANY: { description: 'The list holds more than it may.' },
    NOT_FOUND: { description: 'The id names nothing that the viewer can see.' },
    CONFLICT: { description: 'It contradicts what is there already.' },
    UPSTREAM_REFUSED: { description: 'The contact centre does not take it; `message` holds its words.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The key was used before, with other input.' },
  },
});
