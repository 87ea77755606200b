import Sequencer from '@jest/test-sequencer';

/** Those that take longest, in a few lines: the size of a file does not tell. Begun last, they would be waited for while nothing else is left to do. */
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
