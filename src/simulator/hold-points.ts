/** A REST call on its way. */
export interface HeldCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Null while the answer has not been worked out, as is `body`. */
  readonly status: number | null;
  readonly body: string | null;
}

/** A webhook event before its first try. */
export interface HeldEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly conversationId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where things can be held, and what is held there. */
export interface HoldSubjects {
  /** A call that has been let in, but not yet acted upon. */
  readonly request: HeldCall;
  /** A call that has been acted upon: its answer is a picture of the moment at which it was held. */
  readonly reply: HeldCall;
  /** An event about to be sent for the first time. It steps out of line: those after it are not kept waiting. */
  readonly event: HeldEvent;
}

/** A hold in force: what it matches waits until it is released. */
export interface Hold<T> {
  /** Resolves with the first thing held. */
  readonly arrived: Promise<T>;
  /** All that was held so far, in order of arrival. */
  readonly held: readonly T[];
  /** Lets go of all that is held and ends the hold. */
  release(): void;
}

interface ActiveHold<T> {
  readonly matches: (subject: T) => boolean;
  readonly admit: (subject: T) => Promise<void>;
}

/** Lets tests put REST replies and webhook events into whatever order they want to see. */
export class HoldPoints {
  readonly #gates: { [P in keyof HoldSubjects]: Set<ActiveHold<HoldSubjects[P]>> } = {
    request: new Set(),
    reply: new Set(),
    event: new Set(),
  };
  readonly #holds = new Set<{ release(): void }>();

  /** Holds whatever matches at `point`, from now on. Where several holds match, the oldest one has it. */
  hold<P extends keyof HoldSubjects>(point: P, matches: (subject: HoldSubjects[P]) => boolean = () => true): Hold<HoldSubjects[P]> {
    const held: HoldSubjects[P][] = [];
    let arrive: (subject: HoldSubjects[P]) => void = () => undefined;
    let open: () => void = () => undefined;
    const arrived = new Promise<HoldSubjects[P]>((resolve) => (arrive = resolve));
    const opened = new Promise<void>((resolve) => (open = resolve));
    const admit = (subject: HoldSubjects[P]): Promise<void> => {
      held.push(subject);
      arrive(subject);
      return opened;
    };
    const gate: ActiveHold<HoldSubjects[P]> = { matches, admit };
    const gates: Set<ActiveHold<HoldSubjects[P]>> = this.#gates[point];
    gates.add(gate);
    const hold = {
      arrived,
      held,
      release: (): void => {
        gates.delete(gate);
        this.#holds.delete(hold);
        open();
      },
    };
    this.#holds.add(hold);
    return hold;
  }

  /** What to wait for before `subject` may go on; null when nothing holds it. */
  pass<P extends keyof HoldSubjects>(point: P, subject: HoldSubjects[P]): Promise<void> | null {
    const gates: Set<ActiveHold<HoldSubjects[P]>> = this.#gates[point];
    for (const gate of gates) if (gate.matches(subject)) return gate.admit(subject);
    return null;
  }

  /** Ends all holds. */
  releaseAll(): void {
    for (const hold of this.#holds) hold.release();
  }
}
