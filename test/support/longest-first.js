import Sequencer from '@jest/test-sequencer';

/** Those that take longest in spite of their few lines, which the size of a file does not show. If they began last, the run would wait for them alone. */
const LONGEST = [
  'integration/query-then-subscribe.test.ts',
  'integration/web-chat.test.ts',
  'contract/event-log/redis-outages.test.ts',
  'integration/crash-of-many.test.ts',
  'integration/soak.test.ts',
  'contract/event-log/redis-waitaof.test.ts',
  'integration/crash.test.ts',
  'contract/event-log/embedded.test.ts',
  'contract/event-log/redis.test.ts',
];

const place = ({ path }) => {
  const index = LONGEST.findIndex((name) => path.endsWith(`/${name}`));
  return index < 0 ? LONGEST.length : index;
};

/** Begins with the longest; the rest as Jest has it, by what they took when they last ran, else by size. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
}
