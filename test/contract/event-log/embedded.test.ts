import { describeEventLog } from './contract.js';
import { openEmbeddedUnderTest } from './embedded-log.js';

describeEventLog('the embedded event log', openEmbeddedUnderTest);
