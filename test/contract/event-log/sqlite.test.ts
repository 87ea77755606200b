import { describeEventLog } from './contract.js';
import { openEmbeddedUnderTest } from './sqlite-log.js';

describeEventLog('the embedded event log', openEmbeddedUnderTest);
