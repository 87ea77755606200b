/** A command failed; the message is all that its user is told. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
