/** A REST call in flight. */
export interface HeldCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Null until there is a response, as is `body`. */
  readonly status: number | null;
  readonly body: string | null;
}

/** A webhook event before its first delivery attempt. */
export interface HeldEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly conversationId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The points at which calls and events can be held, and what is held there. */
export interface HoldSubjects {
  /** A call that has been authorized but not yet carried out. */
  readonly request: HeldCall;
  /** A call that has been carried out; its response is a snapshot of that moment. */
  readonly reply: HeldCall;
  /** An event about to be sent for the first time. It leaves the queue: later events do not wait for it. */
  readonly event: HeldEvent;
}

/** An active hold: whatever matches waits until `release`. */
export interface Hold<T> {
  /** Resolves with the first thing held. */
  readonly arrived: Promise<T>;
  /** Everything held so far, in order of arrival. */
  readonly held: readonly T[];
  /** Ends the hold and continues everything it held. */
  release(): void;
}

interface ActiveHold<T> {
  readonly matches: (subject: T) => boolean;
  readonly admit: (subject: T) => Promise<void>;
}

/** Lets tests choose the order of REST requests, replies and webhook events. */
export class HoldPoints {
  readonly #activeHolds: { [P in keyof HoldSubjects]: Set<ActiveHold<HoldSubjects[P]>> } = {
    request: new Set(),
    reply: new Set(),
    event: new Set(),
  };
  readonly #holds = new Set<{ release(): void }>();

  /** From now on holds whatever matches at `point`. If several holds match, the oldest one applies. */
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
    const activeHold: ActiveHold<HoldSubjects[P]> = { matches, admit };
    const activeHolds: Set<ActiveHold<HoldSubjects[P]>> = this.#activeHolds[point];
    activeHolds.add(activeHold);
    const hold = {
      arrived,
      held,
      release: (): void => {
        activeHolds.delete(activeHold);
        this.#holds.delete(hold);
        open();
      },
    };
    this.#holds.add(hold);
    return hold;
  }

  /** Resolves once `subject` may continue; null if nothing holds it. */
  pass<P extends keyof HoldSubjects>(point: P, subject: HoldSubjects[P]): Promise<void> | null {
    const activeHolds: Set<ActiveHold<HoldSubjects[P]>> = this.#activeHolds[point];
    for (const activeHold of activeHolds) if (activeHold.matches(subject)) return activeHold.admit(subject);
    return null;
  }

  /** Ends all holds. */
  releaseAll(): void {
    for (const hold of this.#holds) hold.release();
  }
}
