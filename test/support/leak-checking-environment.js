import { TestEnvironment } from 'jest-environment-node';
import { TIMEOUT_FACTOR } from './timeout-factor.js';

const GRACE_MS = 2_000 * TIMEOUT_FACTOR;

/** What keeps a process from ending: servers, sockets, child processes, workers. Not a public API of Node; read only, and only here. */
const handles = () =>
  new Set(process._getActiveHandles().filter((handle) => !handle._isStdio && handle.constructor.name !== 'WriteStream'));

/** Makes the time limits longer that tests and hooks name for themselves. */
function lengthenLimits({ hooks, children }) {
  for (const limited of [...hooks, ...children]) {
    if (limited.timeout !== undefined) limited.timeout *= TIMEOUT_FACTOR;
    if (limited.type === 'describeBlock') lengthenLimits(limited);
  }
}

/** Fails a test file that leaves something open behind, unless a test of it failed: that failure would be hidden, and is why. */
export default class LeakCheckingEnvironment extends TestEnvironment {
  #before = new Set();
  #hasFailed = false;

  async setup() {
    await super.setup();
    this.#before = handles();
  }

  handleTestEvent({ name, test }, { rootDescribeBlock }) {
    if (name === 'run_start') lengthenLimits(rootDescribeBlock);
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
