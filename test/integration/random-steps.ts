interface Step {
  readonly name: string;
  /** Names of the steps that come before. */
  readonly after: readonly string[];
  readonly run: () => void | Promise<void>;
}

/** Steps that are taken in an order of chance, each after those that it needs. */
export class ChanceSteps {
  /** The names of the steps in the order in which they were taken, to read after a failure. */
  readonly taken: string[] = [];
  readonly #planned: Step[] = [];

  constructor(private readonly random: () => number) {}

  plan(name: string, after: readonly string[], run: Step['run']): void {
    this.#planned.push({ name, after, run });
  }

  /** Takes them all, one at a time; those whose names match `order` in its order. */
  async take(order: readonly RegExp[] = []): Promise<void> {
    const left = new Set(this.#planned);
    const rank = ({ name }: Step) => order.findIndex((pattern) => pattern.test(name));
    while (left.size > 0) {
      const next = Math.min(...[...left].map(rank).filter((place) => place >= 0));
      const possible = [...left].filter((step) => rank(step) <= next && step.after.every((name) => this.taken.includes(name)));
      const step = possible[Math.floor(this.random() * possible.length)];
      if (step === undefined) throw new Error('the steps wait for each other');
      left.delete(step);
      await step.run();
      this.taken.push(step.name);
    }
  }
}
