import { describeAppending } from './appending.js';
import { describeForgetting } from './forgetting.js';
import { describeHealing } from './healing.js';
import { describeHealingMarks } from './healing-marks.js';
import { describeHandling } from './interaction-metrics.js';
import type { OpenLog } from './harness.js';
import { describeHeads } from './heads.js';
import { describeInboxFollowing } from './inbox-following.js';
import { describeInboxPaging } from './inbox-paging.js';
import { describeInboxUnderChange } from './inbox-under-change.js';
import { describeInbox } from './inbox.js';
import { describeInterleaving } from './interleaving.js';
import { describeNaming } from './message-identities.js';
import { describeReading } from './reading.js';
import { describeRememberingRequests } from './idempotency.js';
import { describeRemoving } from './removing.js';
import { describeSharding } from './sharding.js';
import { describeSinks } from './sinks.js';
import { describeSubscribing } from './subscribing.js';

/** What every engine of the event log keeps to. */
export function describeEventLog(name: string, open: OpenLog): void {
  describe(name, () => {
    describe('appending', () => {
      describeAppending(open);
    });
    describe('reading', () => {
      describeReading(open);
    });
    describe('the head', () => {
      describeHeads(open);
    });
    describe('subscribing', () => {
      describeSubscribing(open);
    });
    describe('sharding', () => {
      describeSharding(open);
    });
    describe('interleaving', () => {
      describeInterleaving(open);
    });
    describe('naming', () => {
      describeNaming(open);
    });
    describe('forgetting', () => {
      describeForgetting(open);
    });
    describe('healing', () => {
      describeHealing(open);
    });
    describe('marks of healing', () => {
      describeHealingMarks(open);
    });
    describe('handling', () => {
      describeHandling(open);
    });
    describe('the inbox', () => {
      describeInbox(open);
    });
    describe('following the inbox', () => {
      describeInboxFollowing(open);
    });
    describe('paging through the inbox', () => {
      describeInboxPaging(open);
    });
    describe('the inbox under change', () => {
      describeInboxUnderChange(open);
    });
    describe('remembering requests', () => {
      describeRememberingRequests(open);
    });
    describe('sinks', () => {
      describeSinks(open);
    });
    describe('removing', () => {
      describeRemoving(open);
    });
  });
}
