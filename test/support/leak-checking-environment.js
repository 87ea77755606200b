import { TestEnvironment } from 'jest-environment-node';

const GRACE_MS = 2_000;

/** What keeps a process from ending: servers, sockets, child processes, workers. Not a public API of Node; read only, and only here. */
const handles = () =>
  new Set(process._getActiveHandles().filter((handle) => !handle._isStdio && handle.constructor.name !== 'WriteStream'));

/** Fails a test file that leaves something open behind, unless a test of it failed: that failure would be hidden, and is why. */
export default class LeakCheckingEnvironment extends TestEnvironment {
  #before = new Set();
  #hasFailed = false;

  async setup() {
    await super.setup();
    this.#before = handles();
  }

  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) this.#hasFailed = true;
  }

  async teardown() {
    await super.teardown();
    const deadline = Date.now() + GRACE_MS;
    let left = [];
    do {
      left = [...handles()].filter((handle) => !this.#before.has(handle) && !handle.destroyed);
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    } while (left.length > 0 && Date.now() < deadline);
    if (left.length > 0 && !this.#hasFailed) throw new Error(`left open: ${left.map((handle) => handle.constructor.name).join(', ')}`);
  }
}
