/**
 * Says plainly what was skipped, and closes with one line of counts. With CI=true a skip is a failure, but for what needs a file that is no part of the project (`[needs …]`), and for what
 * needs `MAY_BE_SKIPPED`: something that CI tried to get and could not, named as in the tests (`[needs …: how to get it]`).
 */
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
    const { CI, MAY_BE_SKIPPED } = process.env;
    if (CI !== 'true') return undefined;
    const forbidden = this.#skipped.filter(
      (name) => !needsForeignFile(name) && (!MAY_BE_SKIPPED || !name.includes(`[needs ${MAY_BE_SKIPPED}: `)),
    );
    return forbidden.length === 0 ? undefined : new Error(`${forbidden.length} tests were skipped, which CI=true does not allow`);
  }
}

const needsForeignFile = (name) => /\[needs [^:\]]+\]/.test(name);
