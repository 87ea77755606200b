/** Says plainly what was skipped, and closes with one line of counts. With CI=true a skip is a failure. */
export default class SkipsReporter {
  #skipped = [];
  #filtered;

  constructor({ testNamePattern }) {
    this.#filtered = Boolean(testNamePattern);
  }

  onTestResult(_test, { testResults }) {
    // Tests left out by name were not meant.
    if (this.#filtered) return;
    this.#skipped.push(...testResults.filter(({ status }) => status === 'pending').map(({ fullName }) => fullName));
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    for (const name of this.#skipped) console.log(`skipped: ${name}`);
    console.log(`tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  }

  getLastError() {
    if (process.env.CI === 'true' && this.#skipped.length > 0)
      return new Error(`${this.#skipped.length} tests were skipped, which CI=true does not allow`);
    return undefined;
  }
}
