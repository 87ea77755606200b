/** The contact centre cannot do what its driver asked for: there is no such thing, or it is not the time for it. */
export class RejectedRequest extends Error {
  override readonly name = 'Refusal';
  readonly reason: 'unknown' | 'not-now';

  constructor(reason: 'unknown' | 'not-now', message: string) {
    super(message);
    this.reason = reason;
  }
}
