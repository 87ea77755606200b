import type { HealingRejection } from '../../domain/healing.js';
import type { HealingEvent, OverdueMessages } from '../port/event-log.js';
import type { NewIdentity } from './message-identities.js';

/** What is to be done about one message. `claimed`: the id of its event. */
export interface PlannedHealing {
  readonly assigned: NewIdentity | HealingRejection;
  readonly claimed: Promise<void>;
}

/**
 * What is to be done about the messages of a page, one after the other: read and decided once for all of them, and again for the rest after one whose event was to be stored and was not, or may not have been.
 */
export class HealingPlan {
  #planned: readonly PlannedHealing[] = [];
  /** Place of the first one in `#planned`. */
  #from = 0;
  /** Whether everything planned before the next one was done. */
  #isValid = false;

  constructor(
    private readonly page: OverdueMessages<HealingEvent>,
    private readonly plan: (rest: OverdueMessages<HealingEvent>) => Promise<readonly PlannedHealing[]>,
  ) {}

  /** For the message at this place, after those before it. If it is to be stored, report that it was (`stored`). */
  async next(index: number): Promise<PlannedHealing> {
    if (!this.#isValid) {
      this.#planned = await this.plan({ ...this.page, messages: this.page.messages.slice(index) });
      this.#from = index;
    }
    const planned = this.#planned[index - this.#from];
    if (planned === undefined) throw new RangeError(`A page of ${this.page.messages.length} messages has none at ${index}`);
    this.#isValid = typeof planned.assigned === 'string';
    return planned;
  }

  stored(): void {
    this.#isValid = true;
  }
}
